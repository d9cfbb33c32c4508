#!/usr/bin/env bash
# Start, size, memory and idleness of Socketlab beside a minimal eframe program and Packet Sender, in one run.
#
#   tests/bench/start.sh [RUNS]     needs DISPLAY (Xvfb will do), xdotool; packetsender where Debian has it
#
# Median of RUNS (5) starts: milliseconds from exec until the window is visible (eframe shows it with its first frame),
# resident memory 3 s later, processor time and wake-ups in 10 idle seconds after that.
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=${1:-5}
missing=()
work=target/bench-start
mkdir -p "$work/minimal/src" "$work/home"
export HOME=$PWD/$work/home XDG_CONFIG_HOME=$PWD/$work/home XDG_STATE_HOME=$PWD/$work/home XDG_DATA_HOME=$PWD/$work/home

[ -n "${DISPLAY:-}" ] || { echo "start.sh: no DISPLAY; start one, for example: Xvfb :77 & export DISPLAY=:77" >&2; exit 2; }
command -v xdotool >/dev/null || { echo "start.sh: xdotool is missing: apt install xdotool" >&2; exit 2; }

cat > "$work/minimal/Cargo.toml" <<'TOML'
[package]
name = "minimal"
version = "0.0.0"
edition = "2024"
[dependencies]
eframe = { version = "0.37", default-features = false, features = ["accesskit", "clipboard", "default_fonts", "glow", "links", "system_fonts", "wayland", "wgpu_no_default_features", "x11"] }
wgpu = { version = "30", default-features = false, features = ["dx12", "metal", "parking_lot", "std", "vulkan", "wgsl"] }
[profile.release]
lto = "thin"
codegen-units = 4
strip = "symbols"
[workspace]
TOML
cat > "$work/minimal/src/main.rs" <<'RUST'
struct App;
impl eframe::App for App {
    fn ui(&mut self, ui: &mut eframe::egui::Ui, _frame: &mut eframe::Frame) {
        ui.label("Hello");
    }
}
fn main() {
    let renderer = if std::env::args().any(|word| word == "glow") { eframe::Renderer::Glow } else { eframe::Renderer::Wgpu };
    let options = eframe::NativeOptions { renderer, ..Default::default() };
    eframe::run_native("minimal", options, Box::new(|_| Ok(Box::new(App)))).unwrap();
}
RUST
cargo=${CARGO:-cargo}
CARGO_HOME=${CARGO_HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)/.cargo}
RUSTUP_HOME=${RUSTUP_HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)/.rustup}
export CARGO_HOME RUSTUP_HOME
$cargo build --release --quiet
$cargo build --release --quiet --manifest-path "$work/minimal/Cargo.toml" --target-dir target

now() { date +%s%3N; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
wakes() { cat /proc/"$1"/task/*/status | awk '/^voluntary/ { sum += $2 } END { print sum }'; }

measure() { # name, command...
  local name=$1; shift
  local times=() memory=() cpu=- woken=-
  for run in $(seq "$runs"); do
    local from pid
    from=$(now)
    "$@" >/dev/null 2>&1 &
    pid=$!
    until xdotool search --onlyvisible --pid "$pid" >/dev/null 2>&1; do
      kill -0 "$pid" 2>/dev/null || { missing+=("$name ended before it had a window"); return; }
      [ $(($(now) - from)) -lt 30000 ] || { missing+=("$name has no window after 30 s"); kill "$pid"; return; }
    done
    times+=($(($(now) - from)))
    sleep 3
    memory+=("$(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status")")
    if [ "$run" = "$runs" ]; then
      local before_cpu before_wakes
      before_cpu=$(ticks "$pid"); before_wakes=$(wakes "$pid")
      sleep 10
      cpu=$((($(ticks "$pid") - before_cpu) * 1000 / $(getconf CLK_TCK)))
      woken=$(($(wakes "$pid") - before_wakes))
    fi
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  local size=-
  [ -f "$1" ] && size=$(awk "BEGIN { printf \"%.1f\", $(stat -L -c %s "$1") / 1e6 }")
  printf '%-22s %8s %10s %8s %12s %12s\n' "$name" "$size" \
    "$(printf '%s\n' "${times[@]}" | median)" "$(printf '%s\n' "${memory[@]}" | median)" "$cpu" "$woken"
}

printf '%-22s %8s %10s %8s %12s %12s\n' program "size MB" "window ms" "RSS MB" "idle CPU ms" "idle wakes"
measure "minimal, wgpu" target/release/minimal
measure "socketlab, wgpu" target/release/socketlab --renderer wgpu
measure "minimal, glow" target/release/minimal glow
measure "socketlab, glow" target/release/socketlab --renderer glow
if command -v packetsender >/dev/null; then
  measure "packetsender" "$(command -v packetsender)"
else
  missing+=("packetsender is not installed: apt install packetsender")
fi
for words in "${missing[@]}"; do echo "MISSING: $words" >&2; done
[ ${#missing[@]} = 0 ]
