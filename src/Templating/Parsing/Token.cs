namespace SecretsOps.Templating.Parsing;

internal enum TokenKind
{
    Text,
    LeftDelimiter,
    RightDelimiter,
    Space,
    Identifier,
    Keyword,
    Field,
    Variable,
    Dot,
    Bool,
    Nil,
    Character,
    Number,
    QuotedString,
    RawString,
    Declare,
    Assign,
    Comma,
    Pipe,
    LeftParenthesis,
    RightParenthesis,
    End,
}

/// <summary>A piece of a template's source and where it starts.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    /// <summary>How Go's messages show it.</summary>
    internal string Describe() => Kind switch
    {
        TokenKind.End => "EOF",
        TokenKind.Keyword => $"<{Text}>",
        _ when Text.Length > 10 => $"{Values.GoQuote.Quote(Text[..10])}...",
        _ => Values.GoQuote.Quote(Text),
    };
}
