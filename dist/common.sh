# What the recipes share: where things are, which version this is, tools, and the one build for packages. To be sourced.
# shellcheck shell=bash disable=SC2034

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$root/dist/out
target=${CARGO_TARGET_DIR:-$root/target}
# Scratch: toolchains, staged trees. Anything here can be deleted.
work=$target/packages
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -1)
# The program's name in AppStream and on macOS.
id=io.github.socketlab.Socketlab
# How hard packages are compressed, 1 to 9.
level=${LEVEL:-9}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)}
mkdir -p "$out" "$work"

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; }
fail() { say "$*"; exit 1; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# apt PACKAGE…: installs what is not installed yet.
apt() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${missing[*]}"
    as_root apt-get update -q >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}" >&2
}

# need COMMAND[:PACKAGE]…: installs Debian's package of every command that is not there.
need() {
    local entry packages=()
    for entry in "$@"; do
        command -v "${entry%%:*}" >/dev/null || packages+=("${entry#*:}")
    done
    [ ${#packages[@]} -eq 0 ] || apt "${packages[@]}"
    for entry in "$@"; do
        command -v "${entry%%:*}" >/dev/null || fail "${entry%%:*} is needed and could not be installed"
    done
}

# mirror [SUITE]: where packages of a system come from: MIRROR, or what this machine's own apt is set to.
mirror() {
    local found=${MIRROR:-}
    [ -n "$found" ] || found=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: ${1:-}" | head -1)
    # Another suite of the same system is beside it.
    [ -n "$found" ] || found=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
        awk -v own="$(. /etc/os-release && echo "$VERSION_CODENAME")" '$1 == own { print $2; exit }')
    [ -n "$found" ] || fail "the sources of apt name no archive: set MIRROR to the URL of one"
    echo "${found%/}"
}

rust_web_since() { dpkg --compare-versions "$(apt-cache policy rustc-web | sed -n 's/^ *Candidate: //p')" ge "$1"; }

# Debian's compiler for its browsers, with the source of the standard library, so that targets without a ready one can be
# built for. Unpacked, not installed: it conflicts with every other Rust package.
unpack_rust_web() {
    rust_web=$work/rust-web
    if [ ! -x "$rust_web/usr/bin/rustc" ]; then
        apt gcc libc6-dev ca-certificates libxml2 libz3-4 libedit2 libcurl4 libgit2-1.5 libsqlite3-0
        local packages wanted
        wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")
        if ! rust_web_since "$wanted"; then
            local suite archive
            suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
            archive=$(mirror "$suite")-security
            say "adding Debian's security updates to the sources of apt, from $archive: the compiler comes with them"
            echo "deb $archive $suite-security main" |
                as_root tee /etc/apt/sources.list.d/security-for-socketlab.list >&2
            as_root apt-get update -q >&2
            rust_web_since "$wanted" || fail "Debian's rustc-web is older than $wanted"
        fi
        packages="cargo-web rust-web-src $(apt-cache depends --recurse \
            --no-{suggests,conflicts,breaks,replaces,enhances,recommends} rustc-web |
            grep -E '^(lib(llvm|std-rust)|rustc-web$)' | sort -u | xargs)"
        say "unpacking $packages"
        rm -rf "$work/rust-web-debs" "$rust_web.new"
        mkdir -p "$work/rust-web-debs" "$rust_web.new"
        # shellcheck disable=SC2086
        (cd "$work/rust-web-debs" && apt-get download -q $packages >&2)
        for package in "$work"/rust-web-debs/*.deb; do dpkg -x "$package" "$rust_web.new"; done
        rm -rf "$work/rust-web-debs"
        mv "$rust_web.new" "$rust_web"
    fi
    rust_web_libraries=$rust_web/usr/lib/x86_64-linux-gnu:$rust_web/usr/lib
}

# cargo_web ARGUMENT…: cargo with that compiler, and with what is still called unstable.
cargo_web() {
    unpack_rust_web
    local cargo=cargo
    command -v cargo >/dev/null || cargo=$rust_web/usr/bin/cargo
    LD_LIBRARY_PATH=$rust_web_libraries RUSTC=$rust_web/usr/bin/rustc RUSTC_BOOTSTRAP=1 "$cargo" "$@"
}

# The cargo of this machine, or Debian's where there is none.
find_cargo() {
    if ! command -v cargo >/dev/null; then
        unpack_rust_web
        export LD_LIBRARY_PATH=$rust_web_libraries PATH=$rust_web/usr/bin:$PATH
    fi
    apt gcc libc6-dev ca-certificates
}

# zig_build PACKAGE: builds it against glibc 2.17, so it starts on every system since 2014; `built` is its path.
zig_build() {
    local triple=x86_64-unknown-linux-gnu
    find_cargo
    if [ ! -x "$work/zig/bin/cargo-zigbuild" ]; then
        need python3
        apt python3-venv
        say "installing ziglang and cargo-zigbuild from PyPI"
        python3 -m venv "$work/zig"
        "$work/zig/bin/pip" install -q ziglang==0.17.0 cargo-zigbuild==0.24.0
    fi
    (cd "$root" && PATH=$work/zig/bin:$PATH cargo zigbuild --locked --profile dist --package "$1" --target $triple.2.17 >&2)
    built=$target/$triple/dist/$1
}

# One binary for every package for Linux. BIN=PATH packages a binary that is there already; LEVEL=1 is for those who only
# check the package.
linux_binary() {
    if [ -z "${BIN:-}" ]; then
        zig_build socketlab
        BIN=$built
        done_with "$BIN" 25
    fi
    need strip:binutils
    [ -x "$BIN" ] || fail "$BIN is no program"
    BIN=$(realpath "$BIN")
    export BIN
}

# glibc_floor FILE: the newest version of glibc that it asks for.
glibc_floor() { objdump -T "$1" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -1; }

# stage_linux FOLDER: everything that a package for Linux puts below /usr or ~/.local.
stage_linux() {
    local to=$1 size papers
    papers=$(mktemp -d)
    LC_ALL=C.UTF-8 "$BIN" generate "$papers"
    install -Dm755 "$BIN" "$to/bin/socketlab"
    strip --strip-unneeded -R .comment "$to/bin/socketlab"
    install -Dm644 "$root/dist/linux/socketlab.desktop" -t "$to/share/applications"
    install -Dm644 "$root/dist/linux/$id.metainfo.xml" -t "$to/share/metainfo"
    install -Dm644 "$root/dist/linux/socketlab.xml" -t "$to/share/mime/packages"
    install -Dm644 "$root/assets/icon.svg" "$to/share/icons/hicolor/scalable/apps/socketlab.svg"
    for size in 16 24 32 48 64 128 256 512; do
        install -Dm644 "$root/assets/icons/$size.png" "$to/share/icons/hicolor/${size}x$size/apps/socketlab.png"
    done
    install -Dm644 "$papers/socketlab.bash" "$to/share/bash-completion/completions/socketlab"
    install -Dm644 "$papers/_socketlab" -t "$to/share/zsh/site-functions"
    install -Dm644 "$papers/socketlab.fish" -t "$to/share/fish/vendor_completions.d"
    install -d "$to/share/man/man1"
    for page in "$papers"/*.1; do gzip -9n <"$page" >"$to/share/man/man1/$(basename "$page").gz"; done
    chmod 644 "$to"/share/man/man1/*
    rm -r "$papers"
}
# licences FOLDER: the texts of all licences, the program's own and those of what is compiled in.
licences() {
    mkdir -p "$1"
    install -m644 "$root"/LICENSE-* "$root"/assets/fonts/*.txt "$root/assets/licences.txt" "$1"
}

# done_with FILE [BIGGEST_MB]: says what was made, and refuses what has grown too big.
done_with() {
    local bytes
    bytes=$(wc -c <"$1")
    say "$(awk -v b="$bytes" 'BEGIN { printf "%.1f MB", b / 1e6 }') $1"
    [ -z "${2:-}" ] || [ "$bytes" -le $(($2 * 1000000)) ] || fail "more than $2 MB"
}
