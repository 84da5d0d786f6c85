using SecretsOps.Testing;
using SecretsOps.Testing.Programs;

namespace SecretsOps.GitOps.Tests.Faults;

/// <summary>A folder on a disk of four mebibytes, where this process may mount one; elsewhere a folder for which git itself meets a full device (<c>/dev/full</c>).</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly bool _isMounted;

    /// <summary>Mounts it.</summary>
    public SmallDisk() => _isMounted = Environment.UserName == "root"
        && ExternalProgram.Run("/bin/mount", ["-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", _folder.Path]).ExitCode == 0;

    /// <summary>The folder.</summary>
    public string Path => _folder.Path;

    /// <summary>Leaves no room for another byte.</summary>
    public void Fill()
    {
        using var ballast = File.Create(_folder.Combine("ballast"), bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (_isMounted)
            {
                ballast.Write(block);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>A git that fails to fetch, with the kernel's own ENOSPC, while the disk is full; null where the disk is a real one.</summary>
    public string? GitInItsPlace(string git) => _isMounted ? null : $"""
        #!/bin/sh
        case "$*" in *fetch*) if [ -e {_folder.Combine("ballast")} ]; then echo pack > /dev/full || exit 128; fi;; esac
        exec {git} "$@"
        """;

    /// <summary>Takes the ballast away.</summary>
    public void MakeRoom() => File.Delete(_folder.Combine("ballast"));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isMounted)
        {
            ExternalProgram.Run("/bin/umount", ["-l", _folder.Path]).ShouldSucceed();
        }

        _folder.Dispose();
    }
}
