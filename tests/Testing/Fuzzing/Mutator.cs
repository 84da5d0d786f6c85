using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;

namespace SecretsOps.Testing.Fuzzing;

/// <summary>Damages input the same way for the same seed: bytes flipped, cut, repeated and put in; values of other types, huge, deep, with lengths that lie.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "a fuzz run must be repeatable from its seed")]
public sealed class Mutator
{
    private static readonly byte[][] Insertions =
        [[.. "\\ud800"u8], [.. "{[}]:,'\"-|>&*!#\n  "u8], [.. "---\n"u8], [.. "? "u8], [.. "<<: *a"u8], [0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xc0, 0x80], [.. "!!binary "u8]];

    private readonly Random _random = new(Seed);

    /// <summary>How many rounds a fuzz test makes: SECRETSOPS_FUZZ_ROUNDS, or what suits a quick run.</summary>
    public static int Rounds { get; } = int.Parse(Environment.GetEnvironmentVariable("SECRETSOPS_FUZZ_ROUNDS") ?? "30000", CultureInfo.InvariantCulture);

    /// <summary>The seed: SECRETSOPS_FUZZ_SEED, or always the same.</summary>
    public static int Seed { get; } = int.Parse(Environment.GetEnvironmentVariable("SECRETSOPS_FUZZ_SEED") ?? "20261123", CultureInfo.InvariantCulture);

    /// <summary>True once in so many times.</summary>
    public bool OnceIn(int times) => _random.Next(times) == 0;

    /// <summary>Damages bytes in one to four places.</summary>
    public byte[] Mutate(byte[] source)
    {
        var bytes = source.ToList();
        for (var count = _random.Next(1, 5); count > 0; count--)
        {
            Damage(bytes);
        }

        return [.. bytes];
    }

    /// <summary>Damages one to three values of a copy of a JSON tree.</summary>
    public JsonNode Mutate(JsonNode source)
    {
        var root = source.DeepClone();
        for (var count = _random.Next(1, 4); count > 0; count--)
        {
            var places = Places(root).ToArray();
            if (places.Length > 0)
            {
                Damage(places[_random.Next(places.Length)]);
            }
        }

        return root;
    }

    private void Damage(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var length = Math.Min(_random.Next(1, 40), bytes.Count - at);
        switch (_random.Next(7))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5:
                bytes.InsertRange(at, Insertions[_random.Next(Insertions.Length)]);
                break;
            default:
                bytes.InsertRange(at, Enumerable.Repeat("[{ \n-\u0000ÿ"u8[_random.Next(8)], _random.Next(OnceIn(40) ? 20_000 : 300)));
                break;
        }
    }

    private void Damage((JsonNode Parent, string Name, int Index) place)
    {
        var old = place.Parent is JsonObject map ? map[place.Name] : ((JsonArray)place.Parent)[place.Index];
        var fresh = Instead(old);
        if (place.Parent is JsonObject parent && OnceIn(8))
        {
            parent.Remove(place.Name);
            parent[OnceIn(2) ? "" : place.Name + "\u0001"] = fresh;
        }
        else if (place.Parent is JsonObject target)
        {
            target[place.Name] = fresh;
        }
        else
        {
            ((JsonArray)place.Parent)[place.Index] = fresh;
        }
    }

    private JsonNode? Instead(JsonNode? old) => _random.Next(11) switch
    {
        0 => null,
        1 => JsonValue.Create(_random.Next(2) == 0),
        2 => JsonValue.Create(double.MaxValue),
        3 => JsonValue.Create(_random.NextInt64(long.MinValue, long.MaxValue)),
        4 => new JsonObject { ["x"] = old?.DeepClone() },
        5 => new JsonArray(old?.DeepClone()),
        6 => JsonValue.Create(""),
        7 when OnceIn(10) => JsonValue.Create(new string('A', 200_000)),
        8 when OnceIn(4) => Deep(_random.Next(600)),
        _ => JsonValue.Create(OfEnvelope(old)),
    };

    // A sealed value whose length prefix lies, or that ends early; of other texts a part.
    private string OfEnvelope(JsonNode? old)
    {
        var text = old is JsonValue value && value.TryGetValue(out string? found) ? found : "text";
        var bytes = new byte[text.Length];
        if (text.Length < 100 || !Convert.TryFromBase64String(text, bytes, out var length))
        {
            return text[.._random.Next(text.Length + 1)] + (char)_random.Next(1, 0xd7ff);
        }

        ushort[] lies = [0, 1, (ushort)Math.Min(length - 2, ushort.MaxValue), (ushort)Math.Min(length, ushort.MaxValue), ushort.MaxValue, (ushort)_random.Next(ushort.MaxValue)];
        var lie = lies[_random.Next(lies.Length)];
        (bytes[0], bytes[1]) = ((byte)(lie >> 8), (byte)(lie & 0xff));
        return Convert.ToBase64String(bytes, 0, OnceIn(3) ? _random.Next(length) : length);
    }

    private static JsonNode Deep(int levels)
    {
        JsonNode node = JsonValue.Create("bottom");
        for (var level = 0; level < levels; level++)
        {
            node = new JsonArray(node);
        }

        return node;
    }

    private static IEnumerable<(JsonNode Parent, string Name, int Index)> Places(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(entry => Places(entry.Value).Prepend((map, entry.Key, 0))),
        JsonArray list => list.SelectMany((item, index) => Places(item).Prepend((list, "", index))),
        _ => [],
    };
}
