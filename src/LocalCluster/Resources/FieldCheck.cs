using System.Text.Json.Nodes;
using SecretsOps.LocalCluster.Kinds;

namespace SecretsOps.LocalCluster.Resources;

/// <summary>Finds fields that a kind does not know, and does what the request's <c>fieldValidation</c> says about them.</summary>
internal static class FieldCheck
{
    /// <exception cref="Schema.ApiRejectionException">The body is no object of the kind, or strictness was asked for.</exception>
    internal static void Apply(ResourceKind kind, JsonObject body, WriteContext context)
    {
        if (!context.IsApply && kind.Schema.TypeProblem(body) is { } problem)
        {
            throw context.IsPatch
                ? Schema.ApiRejectionException.InvalidPatch("{…}", problem)
                : Schema.FieldValidation.CannotBeHandled(kind.Schema, problem);
        }

        if (context.FieldValidation == FieldValidation.Ignore)
        {
            return;
        }

        var problems = Schema.FieldValidation.Check(context.Body.IsEmpty ? "{}"u8 : context.Body.Span, context.IsApply ? [] : kind.Schema.UnknownFields(body));
        if (problems.Count == 0)
        {
            return;
        }

        if (context.FieldValidation == FieldValidation.Strict)
        {
            throw context.IsPatch ? Schema.FieldValidation.PatchRejection(problems) : Schema.FieldValidation.Rejection(kind.Schema, problems);
        }

        context.Warnings.AddRange(problems);
    }
}
