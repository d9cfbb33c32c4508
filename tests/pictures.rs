//! Every file of a folder through the scanner and the decoder: nothing takes forever, panics of the decoders are caught and counted,
//! and what is shown is told.
//!
//! `SOCKETLAB_PICTURES=folder cargo test --test pictures -- --nocapture` prints a line for each file: name, verdict, milliseconds.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly, helpers included")]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use socketlab::media::{DecodeError, Format, Limits, Scanner, open};

/// The largest takes a few seconds where nothing is optimised.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn every_picture_of_a_folder_is_shown_or_refused_in_words() {
    let Some(folder) = std::env::var_os("SOCKETLAB_PICTURES").map(PathBuf::from) else {
        println!("skipped: set SOCKETLAB_PICTURES to a folder of pictures to run this");
        return;
    };
    let mut files = Vec::new();
    collect(&folder, &mut files);
    assert!(!files.is_empty(), "no files in {}", folder.display());
    let limits = Limits { side: 640, ..Limits::default() };
    let (mut shown, mut damaged, mut refused, mut unknown, mut failed) = (0, 0, 0, 0, 0);
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let name = file.strip_prefix(&folder).unwrap().display().to_string();
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
    println!(
        "{shown} shown, {damaged} damaged and shown, {refused} refused, {unknown} unknown, {failed} panics caught"
    );
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
    files.sort();
}
