//! Every file of a folder through the scanner and the decoder: nothing takes forever, panics of the decoders are caught and counted,
//! and what is shown is told.
//!
//! Those of this repository where nobody names others. `SOCKETLAB_PICTURES=folder cargo test --test pictures -- --nocapture`
//! prints a line for each file: name, verdict, milliseconds. `SOCKETLAB_HAYSTACK=folder:folder…` does the same for what is found
//! in files that are no pictures, at most `SOCKETLAB_GIGABYTES` (2).
#![expect(clippy::unwrap_used, reason = "a test may fail loudly, helpers included")]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use socketlab::media::{DecodeError, Format, Limits, Scanner, open};

/// The largest takes a few seconds where nothing is optimised.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn every_picture_of_a_folder_is_shown_or_refused_in_words() {
    let (files, ours) = pictures();
    let limits = Limits { side: 640, ..Limits::default() };
    let (mut shown, mut damaged, mut refused, mut unknown, mut failed) = (0, 0, 0, 0, 0);
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let name = file.display().to_string();
        let start = Instant::now();
        let mut scanner = Scanner::new();
        let mut found = Vec::new();
        for piece in bytes.chunks(8191) {
            scanner.feed(piece, &mut found);
        }
        while let Some(last) = scanner.finish() {
            found.push(last);
        }
        let searched = start.elapsed();
        let first = found.first().filter(|first| first.offset == 0);
        let mut first = first.map_or_else(|| "-".to_owned(), |first| format!("{:?}", first.ending));
        for inner in found.iter().filter(|inner| inner.offset > 0) {
            let _ = write!(first, " {:?}@{}", inner.format, inner.offset);
        }
        let verdict = match open(&bytes, Format::of_file(&bytes, &name), &limits) {
            Ok(canvas) => {
                let small = canvas.shown(640);
                assert_eq!(small.rgba.len(), small.width as usize * small.height as usize * 4, "{name}");
                let (width, height) = canvas.size();
                let what = format!("{} {width}x{height} {}", canvas.format().name(), canvas.depth());
                if let Some(damage) = canvas.damage() {
                    damaged += 1;
                    format!("damaged\t{what}; {damage}")
                } else {
                    shown += 1;
                    format!("shown\t{what}")
                }
            }
            Err(DecodeError::Unknown) => {
                unknown += 1;
                "unknown\t".to_owned()
            }
            Err(error @ DecodeError::DecoderFailed(_)) => {
                failed += 1;
                format!("failed\t{error}")
            }
            Err(error) => {
                refused += 1;
                format!("refused\t{error}")
            }
        };
        let took = start.elapsed();
        assert!(took < PATIENCE, "{name} took {took:?}");
        println!("{name}\t{first}\t{}\t{}\t{verdict}", searched.as_millis(), took.as_millis());
    }
    let told = format!(
        "{shown} shown, {damaged} damaged and shown, {refused} refused, {unknown} unknown, {failed} panics caught"
    );
    println!("{told}");
    // Ours are sound, each format in one size or more.
    assert!(!ours || shown >= 30 && damaged + refused + failed == 0, "{told}");
}

/// The same files again, cut at a quarter, at half and at three quarters: how many of those that are shown whole are shown cut.
#[test]
fn a_picture_that_is_cut_is_shown_as_far_as_it_goes() {
    let (files, ours) = pictures();
    let limits = Limits { side: 64, ..Limits::default() };
    let mut kinds: BTreeMap<&str, ([u32; 4], BTreeMap<String, u32>)> = BTreeMap::new();
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let format = Format::of_file(&bytes, &file.to_string_lossy());
        let Ok(whole) = open(&bytes, format, &limits) else { continue };
        if whole.damage().is_some() || bytes.len() < 1000 {
            continue;
        }
        let (shown, words) = kinds.entry(whole.format().name()).or_default();
        shown[0] += 1;
        for part in 1..4 {
            let cut = &bytes[..bytes.len() * part / 4];
            let sentence = match open(cut, format, &limits) {
                Ok(canvas) => {
                    shown[part] += 1;
                    canvas.damage().map_or_else(|| "no word of it".to_owned(), ToString::to_string)
                }
                Err(error) => error.to_string(),
            };
            // Numbers apart, these are few.
            let sentence: String = sentence.chars().filter(|char| !char.is_ascii_digit()).collect();
            *words.entry(sentence).or_default() += 1;
        }
    }
    assert!(!kinds.is_empty(), "no whole picture of a kilobyte or more");
    if ours {
        for kind in ["PNG", "JPEG"] {
            let [whole, _, half, most] = kinds[kind].0;
            assert!(whole > 0 && half == whole && most == whole, "{kind}: {half} and {most} of {whole}");
        }
        let silent = kinds.values().any(|(_, words)| words.contains_key("no word of it"));
        assert!(!silent, "a picture that was cut says so: {kinds:?}");
    }
    for (kind, ([whole, quarter, half, most], words)) in kinds {
        println!("{kind}: of {whole} shown at 25 %: {quarter}, at 50 %: {half}, at 75 %: {most}");
        let mut words: Vec<_> = words.into_iter().collect();
        words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        for (sentence, count) in words.iter().take(6) {
            println!("    {count:4} × {sentence}");
        }
    }
}

/// What is found in programs, sources and noise: a few real pictures, and what only looks like one.
#[test]
fn what_is_no_picture_is_seldom_taken_for_one() {
    let asked = std::env::var_os("SOCKETLAB_HAYSTACK");
    let ours = asked.is_none();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Sources that hold no picture, not even one of a test.
    let here =
        || std::env::join_paths([root.join("src/engine"), root.join("src/http"), root.join("assets/locales")]).unwrap();
    let folders = asked.unwrap_or_else(here);
    let most = std::env::var("SOCKETLAB_GIGABYTES").ok().and_then(|most| most.parse::<u64>().ok()).unwrap_or(2);
    let limits = Limits { side: 64, ..Limits::default() };
    let (mut bytes, mut broken) = (0, 0);
    let mut real: BTreeMap<&str, u32> = BTreeMap::new();
    let mut searching = Duration::ZERO;
    'all: for folder in std::env::split_paths(&folders) {
        let mut files = Vec::new();
        collect(&folder, &mut files);
        for file in files {
            let Ok(mut source) = fs::File::open(&file) else { continue };
            let (mut scanner, mut found) = (Scanner::new(), Vec::new());
            let mut piece = vec![0; 65_536];
            while let Ok(length @ 1..) = source.read(&mut piece) {
                let start = Instant::now();
                scanner.feed(&piece[..length], &mut found);
                searching += start.elapsed();
                bytes += length as u64;
            }
            while let Some(last) = scanner.finish() {
                found.push(last);
            }
            for one in found {
                let verdict = open(&one.bytes, Some(one.format), &limits);
                if verdict.as_ref().is_ok_and(|canvas| canvas.damage().is_none()) {
                    *real.entry(one.format.name()).or_default() += 1;
                    continue;
                }
                broken += 1;
                let why = verdict.map_or_else(|error| error.to_string(), |canvas| canvas.damage().unwrap().to_string());
                let (format, ending, size) = (one.format.name(), one.ending, (one.width, one.height));
                println!("{}@{} {format} {ending:?} {size:?} {}: {why}", file.display(), one.offset, one.bytes.len());
            }
            if bytes > most << 30 {
                break 'all;
            }
        }
    }
    let gigabytes = bytes as f64 / 1e9;
    let speed = bytes as f64 / 1e6 / searching.as_secs_f64();
    println!("{gigabytes:.2} GB at {speed:.0} MB/s: whole pictures {real:?}, {broken} broken or none at all");
    assert!(bytes > 100_000, "{bytes} bytes were searched");
    assert!(!ours || real.is_empty() && broken == 0, "{real:?}, {broken} broken");
}

/// The pictures that a person named, or those of this repository; and whether they are these.
fn pictures() -> (Vec<PathBuf>, bool) {
    let mut files = Vec::new();
    let asked = std::env::var_os("SOCKETLAB_PICTURES").map(PathBuf::from);
    if let Some(folder) = &asked {
        collect(folder, &mut files);
        assert!(!files.is_empty(), "no files in {}", folder.display());
    } else {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        collect(&root.join("tests/fuzz/seeds/picture"), &mut files);
        collect(&root.join("assets"), &mut files);
    }
    (files, asked.is_none())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            collect(&entry.path(), files);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
}
