//! Parsers of our own against damaged inputs: every seed, and thousands made of them, the same in each run.
//!
//! `SOCKETLAB_FUZZ_SECONDS=60 cargo test --test fuzz` goes on for so long with each parser, on another walk every time.
//! cargo-fuzz goes further, because it sees which code an input reaches; README.md beside this file says how.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, helpers included"
)]

mod targets;

use std::{
    fs,
    panic::catch_unwind,
    path::Path,
    time::{Duration, Instant},
};

/// Damaged inputs of each parser where nobody asks for more.
const ROUNDS: usize = 3000;
/// And the time they may take: these parsers do a thousand in well under a second, but the machine may be busy.
const LONGEST: Duration = Duration::from_secs(20);
/// The longest input that is made.
const LENGTH: usize = 16 << 10;

/// xorshift64*: the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % limit
    }
}

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds").join(name);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no seeds in {}", folder.display());
    files.into_iter().map(|file| fs::read(file).unwrap()).collect()
}

/// One seed with a few faults, or a piece of another in it.
fn damaged(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(6) {
        if bytes.is_empty() {
            bytes.push(b'0');
        }
        let at = dice.below(bytes.len());
        let end = (at + 1 + dice.below(12)).min(bytes.len());
        match dice.below(9) {
            0 => bytes.truncate(at),
            1 => bytes[at] = [0, b'\n', b'\r', b'"', b'\'', b'\\', b':', b'*', 0x7f, 0x80, 0xff][dice.below(11)],
            2 => drop(bytes.drain(at..end)),
            3 => {
                let other = &seeds[dice.below(seeds.len())];
                let from = dice.below(other.len().max(1));
                let part = other[from.min(other.len())..(from + 200).min(other.len())].to_vec();
                drop(bytes.splice(at..at, part));
            }
            4 => {
                let part = bytes[at..end].repeat(1 + dice.below(20));
                drop(bytes.splice(at..at, part));
            }
            // The numbers that lengths are.
            5 => drop(bytes.splice(
                at..at,
                ["0", "-1", "18446744073709551616", "4294967295", "7fffffffffffffff"][dice.below(5)].bytes(),
            )),
            6 => bytes.swap(at, end - 1),
            7 => bytes[at] = bytes[at].wrapping_add(1),
            _ => bytes[at] ^= 1 << dice.below(8),
        }
    }
    bytes.truncate(LENGTH);
    bytes
}

fn attack(name: &str) {
    let seeds = seeds(name);
    let asked = std::env::var("SOCKETLAB_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let mut dice = Dice(asked.map_or(0x50C7, |_| u64::from(std::process::id()) * 0x9E37_79B9 + 1));
    let (rounds, longest) = asked.map_or((ROUNDS, LONGEST), |seconds| (usize::MAX, Duration::from_secs(seconds)));
    let start = Instant::now();
    let mut done = 0;
    let whole = seeds.clone().into_iter();
    let broken = std::iter::repeat_with(|| damaged(&seeds, &mut dice)).take(rounds);
    for input in whole.chain(broken).take_while(|_| start.elapsed() < longest) {
        if catch_unwind(|| targets::run(name, &input)).is_err() {
            let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{name}"));
            fs::write(&place, &input).unwrap();
            panic!("{name} failed at “{}”, kept in {}", input.escape_ascii(), place.display());
        }
        done += 1;
    }
    println!("{name}: {done} inputs in {:?}", start.elapsed());
    assert!(done > seeds.len(), "nothing but the seeds in {longest:?}");
}

#[test]
fn every_target_is_run_here_and_by_cargo_fuzz() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for (name, _) in targets::TARGETS {
        assert!(folder.join("fuzz_targets").join(name).with_extension("rs").exists(), "{name} has no fuzz target");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is not in tests/fuzz/Cargo.toml");
        assert!(include_str!("main.rs").contains(&format!("attack(\"{name}\")")), "{name} is not run here");
    }
}

#[test]
fn answers_of_servers() {
    attack("answer");
}

#[test]
fn chunks() {
    attack("chunked");
}

#[test]
fn packed_bodies() {
    attack("packed");
}

#[test]
fn requests_of_clients() {
    attack("request");
}

#[test]
fn pictures_in_a_stream() {
    attack("picture");
}

#[test]
fn filters_of_the_journal() {
    attack("filter");
}

#[test]
fn session_files() {
    attack("session");
}

#[test]
fn tables_of_routes() {
    attack("routes");
}

#[test]
fn curl_commands() {
    attack("curl");
}

#[test]
fn hex_that_is_typed() {
    attack("typed");
}
