#!/usr/bin/env bash
# Start, size, memory and idleness of Socketlab beside a minimal eframe program and Packet Sender, in one run.
#
#   tests/bench/start.sh [RUNS]     builds both programs; BIN=PATH measures a Socketlab that is there already
#
# Needs Xvfb, openbox, xdotool; packetsender where Debian has it. The screen is its own. RUNS (5) rounds, every program
# once a round; medians of: milliseconds from exec until the window is visible (eframe shows it with its first frame),
# and resident memory 3 s later. In the last round: processor time and context switches of all threads in 10 s
# without input, with the window in sight and minimised; a frame would be hundreds of them.
# "socketlab" chooses its renderer as it does for a user, and is held against the faster of the minimal programs; with a
# renderer named it is held against the one with the same, but for wgpu on a PC without a graphics card, which nobody gets
# unasked. Fails when Socketlab takes longer than 1.3 times the minimal program, 30 MB more, or does anything while idle.
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=${1:-5}
for tool in Xvfb openbox xdotool; do
  command -v $tool >/dev/null || { echo "start.sh: $tool is missing: apt install xvfb openbox xdotool" >&2; exit 2; }
done
work=$(realpath "${CARGO_TARGET_DIR:-target}")/bench-start
mkdir -p "$work/minimal/src"

# The minimal program is built as Socketlab is for a package: the same versions, the same profile.
cp Cargo.lock "$work/minimal"
{
  cat <<'TOML'
[package]
name = "minimal"
version = "0.0.0"
edition = "2024"
[dependencies]
eframe = { version = "0.37", default-features = false, features = ["accesskit", "clipboard", "default_fonts", "glow", "links", "system_fonts", "wayland", "wgpu_no_default_features", "x11"] }
wgpu = { version = "30", default-features = false, features = ["dx12", "metal", "parking_lot", "std", "vulkan", "wgsl"] }
[workspace]
TOML
  sed -n '/^\[profile\.release\]/,/^\[\[/p' Cargo.toml | grep -v '^\[\[' | sed 's/^socketlab = /minimal = /'
} > "$work/minimal/Cargo.toml"
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
cargo build --profile dist --quiet --manifest-path "$work/minimal/Cargo.toml" --target-dir "$work/.."
minimal=$work/../dist/minimal
program=${BIN:-$work/../dist/socketlab}
[ -n "${BIN:-}" ] || cargo build --locked --profile dist --quiet

screen='' manager='' running=''
home=$(mktemp -d)
finish() {
  for process in $running $manager $screen; do kill "$process" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$home"
}
trap finish EXIT
export HOME=$home XDG_CONFIG_HOME=$home XDG_STATE_HOME=$home XDG_DATA_HOME=$home XDG_CACHE_HOME=$home LC_ALL=C.UTF-8
unset WAYLAND_DISPLAY
Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp 3>"$home/display" 2>/dev/null &
screen=$!
for _ in $(seq 300); do [ ! -s "$home/display" ] || break; sleep 0.1; done
DISPLAY=:$(cat "$home/display")
export DISPLAY
openbox >/dev/null 2>&1 &
manager=$!
until xdotool search --class openbox >/dev/null 2>&1 || [ $SECONDS -gt 30 ]; do sleep 0.1; done

now() { date +%s%3N; }
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
switches() { awk '/ctxt_switches/ { sum += $2 } END { print sum + 0 }' /proc/"$1"/task/*/status; }
# idle PID NAME: 10 seconds of it.
idle() {
  local cpu wakes
  cpu=$(ticks "$1") wakes=$(switches "$1")
  sleep 10
  echo $((($(ticks "$1") - cpu) * 1000 / $(getconf CLK_TCK))) >"$home/$2.cpu"
  echo $(($(switches "$1") - wakes)) >"$home/$2.wakes"
}
problems=()
# measure NAME LAST COMMAND…
measure() {
  local name=$1 last=$2 from window
  shift 2
  [ ! -f "$home/$name.gone" ] || return 0
  from=$(now)
  "$@" >/dev/null 2>&1 &
  running=$!
  until window=$(xdotool search --onlyvisible --pid $running 2>/dev/null); do
    if ! kill -0 $running 2>/dev/null || [ $(($(now) - from)) -gt 30000 ]; then
      problems+=("$name: no window after $(($(now) - from)) ms")
      touch "$home/$name.gone"
      break
    fi
  done
  if [ -n "$window" ]; then
    echo $(($(now) - from)) >>"$home/$name.window"
    sleep 3
    awk '/VmRSS/ { print int($2 / 1024) }' /proc/$running/status >>"$home/$name.rss"
    if [ "$last" = last ]; then
      sleep 3
      idle $running "$name"
      for one in $window; do xdotool windowminimize "$one" 2>/dev/null || true; done
      sleep 3
      idle $running "$name hidden"
    fi
  fi
  kill $running 2>/dev/null || true
  wait $running 2>/dev/null || true
  running=
}
median() { sort -n "$home/$1" 2>/dev/null | awk '{ v[NR] = $1 } END { print NR ? v[int((NR + 1) / 2)] : "-" }'; }

sender=$(command -v packetsender || true)
[ -n "$sender" ] || problems+=("packetsender is missing: apt install packetsender")
for run in $(seq "$runs"); do
  last=
  [ "$run" != "$runs" ] || last=last
  for renderer in wgpu glow; do
    measure "minimal $renderer" "$last" "$minimal" $renderer
    measure "socketlab $renderer" "$last" "$program" --renderer $renderer
  done
  measure socketlab "$last" "$program"
  [ -z "$sender" ] || measure packetsender "$last" "$sender"
done

row='%-16s %8s %10s %8s %14s %14s\n'
# shellcheck disable=SC2059
printf "$row" program 'size MB' 'window ms' 'RSS MB' 'idle ms/wakes' 'hidden ms/wakes'
report() { # NAME FILE
  # shellcheck disable=SC2059
  printf "$row" "$1" "$(awk "BEGIN { printf \"%.1f\", $(stat -L -c %s "$2") / 1e6 }")" \
    "$(median "$1.window")" "$(median "$1.rss")" "$(median "$1.cpu") / $(median "$1.wakes")" \
    "$(median "$1 hidden.cpu") / $(median "$1 hidden.wakes")"
}
# limit NAME WHAT FIGURE MOST
limit() { [ "$3" != - ] && [ "$4" != - ] && [ "$3" -le "$4" ] || problems+=("$1: $2 $3, no more than $4 wanted"); }
least() { printf '%s\n' "$(median "minimal wgpu.$1")" "$(median "minimal glow.$1")" | sort -n | head -1; }
# limits NAME MS MB: what the minimal program takes.
limits() {
  limit "$1" 'ms to the window' "$(median "$1.window")" $(($2 * 13 / 10))
  limit "$1" 'MB' "$(median "$1.rss")" $(($3 + 30))
  for state in '' ' hidden'; do
    limit "$1$state" 'ms of processor time' "$(median "$1$state.cpu")" 10
    limit "$1$state" 'wake-ups' "$(median "$1$state.wakes")" 10
  done
}
for renderer in wgpu glow; do report "minimal $renderer" "$minimal"; done
for name in socketlab 'socketlab wgpu' 'socketlab glow'; do report "$name" "$program"; done
limits socketlab "$(least window)" "$(least rss)"
limits 'socketlab glow' "$(median 'minimal glow.window')" "$(median 'minimal glow.rss')"
if compgen -G '/dev/dri/renderD*' >/dev/null; then
  limits 'socketlab wgpu' "$(median 'minimal wgpu.window')" "$(median 'minimal wgpu.rss')"
fi
[ -z "$sender" ] || report packetsender "$sender"
for words in "${problems[@]}"; do echo "start.sh: $words" >&2; done
[ ${#problems[@]} = 0 ]
