using System.Globalization;
using System.Text;

namespace SecretsOps.Sops.Keys;

/// <summary>Explains per group and key why a data key could not be had, in sops's layout.</summary>
internal static class DataKeyFailure
{
    private const int Width = 75;
    private const int ReasonWidth = 60;

    public static string Describe(IReadOnlyList<GroupOutcome> groups, int threshold)
    {
        var text = new StringBuilder("Failed to get the data key required to decrypt the SOPS file.\n\n");
        for (var index = 0; index < groups.Count; index++)
        {
            var group = groups[index];
            text.Append("Group ").Append(index.ToString(CultureInfo.InvariantCulture)).Append(": ").Append(group.Share is null ? "FAILED" : "SUCCESS").Append('\n');
            foreach (var (key, reason) in group.Share is null ? group.Attempts : [])
            {
                text.Append("  ").Append(key).Append(": FAILED\n");
                AppendReason(text, reason!);
            }

            text.Append('\n');
        }

        return text.Append(Trailer(groups, threshold)).ToString();
    }

    private static void AppendReason(StringBuilder text, string reason)
    {
        var mark = "    - | ";
        foreach (var line in Wrap(reason, ReasonWidth))
        {
            text.Append(mark).Append(line).Append('\n');
            mark = "      | ";
        }
    }

    private static string Trailer(IReadOnlyList<GroupOutcome> groups, int threshold)
    {
        if (groups.Count <= 1)
        {
            return "Recovery failed because no master key was able to decrypt the file. In\norder for SOPS to recover the file, at least one key has to be successful,\nbut none were.";
        }

        var recovered = groups.Count(group => group.Share is not null);
        var sentence = $"Recovery failed because the file was encrypted with a Shamir threshold of {threshold}, but only {recovered} part(s) were successfully recovered, one for each successful key group. In order for SOPS to recover the file, at least {threshold} groups have to be successful. In order for a group to be successful, decryption has to succeed with any of the keys in that key group.";
        return string.Join('\n', Wrap(sentence, Width));
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        foreach (var paragraph in text.Split('\n'))
        {
            var line = new StringBuilder();
            foreach (var word in paragraph.Split(' '))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > width)
                {
                    yield return line.ToString();
                    line.Clear();
                }

                line.Append(line.Length > 0 ? " " : "").Append(word);
            }

            yield return line.ToString();
        }
    }
}
