//! Pictures with faults, by the thousand: `SOCKETLAB_FUZZ_SECONDS` says for how long, `SOCKETLAB_PICTURES` names a folder of others.

use super::*;

#[test]
fn nothing_makes_it_panic() {
    // A longer and other walk each time, by hand.
    let seconds = std::env::var("SOCKETLAB_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let mut dice = Dice(seconds.map_or(0x50C7, |_| u64::from(std::process::id()) * 0x9E37_79B9));
    let rounds = seconds.map_or(1200, |_| usize::MAX);
    let start = Instant::now();
    let limits = Limits { pixels: 1 << 20, memory: 32 << 20, side: 64, ..Limits::default() };
    let mut pictures: Vec<Vec<u8>> = gallery().into_iter().map(|(_, bytes)| bytes).collect();
    pictures.push(LOSSY.to_vec());
    pictures.extend(kinds::handmade().into_iter().map(|(_, bytes)| bytes));
    pictures.push(with_segment(&jpeg(16, 16), &segment(0xE1, &exif(5))));
    // And others, of a folder.
    let folder = std::env::var_os("SOCKETLAB_PICTURES").and_then(|folder| std::fs::read_dir(folder).ok());
    let files = folder.into_iter().flatten().flatten().filter_map(|file| std::fs::read(file.path()).ok());
    pictures.extend(files.filter(|bytes| (40..1 << 15).contains(&bytes.len())));
    let mut failed = 0;
    for round in 0..rounds {
        let mut bytes = pictures[dice.below(pictures.len())].clone();
        for _ in 0..dice.below(8) {
            let at = dice.below(bytes.len());
            match dice.below(6) {
                0 => bytes.truncate(at.max(4)),
                1 => bytes[at] = [0, 1, 0x7F, 0x80, 0xFF][dice.below(5)],
                2 => drop(bytes.drain(at..(at + dice.below(9)).min(bytes.len()))),
                3 => drop(bytes.splice(at..at, pictures[dice.below(pictures.len())].clone())),
                // Headers matter most.
                4 => bytes[at % 40] ^= 1 << dice.below(8),
                _ => bytes[at] ^= 1 << dice.below(8),
            }
            if bytes.len() < 40 {
                bytes.resize(40, 0);
            }
        }
        let pieces: Vec<usize> = (0..5).map(|_| 1 + dice.below(200)).collect();
        let whole = scan_in(&bytes, &[bytes.len()]);
        assert!(whole == scan_in(&bytes, &pieces), "round {round}");
        for found in &whole {
            let from = usize::try_from(found.offset).unwrap();
            assert!(bytes[from..].starts_with(&found.bytes));
        }
        let all = whole.iter().map(|found| &found.bytes).chain([&bytes]);
        for bytes in all {
            match decode(bytes, &limits) {
                Ok(picture) => assert_eq!(
                    picture.rgba.len() as u64,
                    u64::from(picture.shown_width) * u64::from(picture.shown_height) * 4
                ),
                Err(DecodeError::DecoderFailed(_)) => failed += 1,
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
        if start.elapsed().as_secs() >= seconds.unwrap_or(5) {
            break;
        }
    }
    assert_eq!(failed, 0, "panics in the decoders, caught");
}
