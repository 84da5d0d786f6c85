namespace SecretsOps.Sops;

/// <summary>The exit codes of the <c>sops</c> command line; scripts depend on them.</summary>
public enum SopsExitCode
{
    /// <summary>Success.</summary>
    Success = 0,

    /// <summary>Anything without a code of its own: configuration, missing keys, a wrong path.</summary>
    Generic = 1,

    /// <summary>The input could not be read or parsed.</summary>
    CannotRead = 2,

    /// <summary>The output could not be written.</summary>
    CannotWrite = 3,

    /// <summary>The tree cannot be written in the output format.</summary>
    CannotEmit = 4,

    /// <summary>A KMS encryption context does not parse.</summary>
    InvalidKmsContext = 6,

    /// <summary>The index or value of <c>set</c> or <c>unset</c> does not parse.</summary>
    InvalidSetFormat = 7,

    /// <summary>Options that exclude each other.</summary>
    ConflictingParameters = 8,

    /// <summary>The MAC could not be encrypted.</summary>
    EncryptingMac = 21,

    /// <summary>The tree could not be encrypted.</summary>
    EncryptingTree = 23,

    /// <summary>The tree could not be decrypted.</summary>
    DecryptingTree = 25,

    /// <summary>Keys are to be added to or removed from a file that does not exist.</summary>
    KeysOnMissingFile = 49,

    /// <summary>The MAC does not match the content.</summary>
    MacMismatch = 51,

    /// <summary>The path of <c>--extract</c> does not parse.</summary>
    InvalidTreePath = 91,

    /// <summary>The file holds no document.</summary>
    EmptyFile = 92,

    /// <summary>No file, or a wrong number of arguments.</summary>
    NoFile = 100,

    /// <summary>The decryption order names a type twice.</summary>
    DuplicateDecryptionType = 112,

    /// <summary>No key gave the data key.</summary>
    CannotGetDataKey = 128,

    /// <summary>The editor left the file unchanged.</summary>
    NotModified = 200,

    /// <summary>The editor failed, or there is none.</summary>
    EditorFailed = 201,

    /// <summary>The file is encrypted already.</summary>
    AlreadyEncrypted = 203,
}
