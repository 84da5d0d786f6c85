using System.Text;
using SecretsOps.Cryptography.Age;

namespace SecretsOps.KeyManagement.Age.Plugins;

/// <summary>Passes a plugin's messages and questions to the person, and the answers back.</summary>
internal static class AgePluginQuestion
{
    public static void Answer(AgePluginSession session, Stanza question, IKeyInteraction? person, string plugin)
    {
        var text = $"{plugin}: {Encoding.UTF8.GetString(question.Body.Span)}";
        switch (question.Type)
        {
            case "msg":
                person?.ShowMessage(text);
                session.Send(person is null ? "fail" : "ok");
                break;
            case "confirm":
                Confirm(session, question, person, text);
                break;
            case "request-public":
                var answer = person?.AskPublic(text + " ");
                session.Send(answer is null ? "fail" : "ok", body: Encoding.UTF8.GetBytes(answer ?? ""));
                break;
            default:
                using (var secret = person?.AskSecret(text + " "))
                {
                    session.Send(secret is null ? "fail" : "ok", body: secret?.Memory ?? default);
                }

                break;
        }
    }

    private static void Confirm(AgePluginSession session, Stanza question, IKeyInteraction? person, string text)
    {
        var choices = question.Arguments.Select(Decode).ToArray();
        var choice = choices.Length is 1 or 2 ? person?.Confirm(text, choices[0], choices.ElementAtOrDefault(1)) : null;
        if (choice is null)
        {
            session.Send("fail");
            return;
        }

        session.Send("ok", [choice.Value ? "yes" : "no"]);
    }

    private static string Decode(string unpadded)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(unpadded.PadRight((unpadded.Length + 3) / 4 * 4, '=')));
        }
        catch (FormatException failure)
        {
            throw new AgeException(AgeFailure.Header, "a plugin's choice is not base64", failure);
        }
    }
}
