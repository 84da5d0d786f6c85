using System.Buffers.Text;
using System.Globalization;
using System.Text;
using SecretsOps.LocalCluster.Storage;

namespace SecretsOps.LocalCluster.Http;

/// <summary>Keeps the states that clients are reading in chunks, so that every chunk shows the same moment.</summary>
internal sealed class ContinuedLists
{
    private const int MostStates = 32;

    private const string TooOld =
        "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.";

    private readonly Lock _gate = new();
    private readonly List<StoreState> _states = [];

    /// <summary>The token for what follows a path in a state.</summary>
    internal string Suspend(StoreState state, string path)
    {
        lock (_gate)
        {
            _states.RemoveAll(kept => kept.Revision == state.Revision);
            _states.Add(state);
            if (_states.Count > MostStates)
            {
                _states.RemoveAt(0);
            }
        }

        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{state.Revision.ToString(CultureInfo.InvariantCulture)} {path}"));
    }

    /// <exception cref="StatusException">The token is none, or its state was forgotten.</exception>
    internal (StoreState State, string After) Resume(string token)
    {
        var bytes = new byte[token.Length];
        if (!Base64Url.TryDecodeFromChars(token, bytes, out var length) || Encoding.UTF8.GetString(bytes, 0, length).Split(' ') is not [var revision, var path])
        {
            throw ApiErrors.BadRequest("continue key is not valid");
        }

        return (At(revision) ?? throw ApiErrors.Expired(TooOld), path);
    }

    internal StoreState? At(string revision)
    {
        lock (_gate)
        {
            return _states.Find(state => state.Revision.ToString(CultureInfo.InvariantCulture) == revision);
        }
    }
}
