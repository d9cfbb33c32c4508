//! Files of an HTTP listener as a person starts it: nobody looks at the bytes, so the system may send them by itself.

use std::{
    fs,
    io::{Read, Write},
    thread,
    time::Duration,
};

use crate::common::{Program, noise, rest};

/// The status, the head and the body of the next answer.
fn answer(stream: &mut impl Read) -> (String, Vec<u8>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (head, body)
}

#[test]
fn every_size_comes_byte_for_byte_whole_and_in_parts_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let sizes = [1, (16 << 10) - 1, 16 << 10, 60_000, 131_073, (2 << 20) + 1, 9_000_001];
    let files: Vec<_> = sizes.iter().zip(1..).map(|(size, seed)| noise(*size, seed)).collect();
    for (size, file) in sizes.iter().zip(&files) {
        fs::write(folder.path().join(format!("{size}.png")), file).unwrap();
    }
    let listener = Program::listen_plainly(&["http", "--folder", folder.path().to_str().unwrap()]);
    let mut stream = listener.call();
    let mut asking = stream.try_clone().unwrap();
    // All are asked for before the first answer is read, so that the system takes only a part of each.
    let asker = thread::spawn(move || {
        for _ in 0..2 {
            for size in sizes {
                write!(asking, "GET /{size}.png HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
                let range = format!("Range: bytes={}-{}", size / 3, size / 2);
                write!(asking, "GET /{size}.png HTTP/1.1\r\nHost: x\r\n{range}\r\n\r\n").unwrap();
            }
        }
    });
    thread::sleep(Duration::from_millis(100));
    for _ in 0..2 {
        for (size, file) in sizes.iter().zip(&files) {
            let (head, body) = answer(&mut stream);
            assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("\r\nEtag: ") && body == *file, "{head}");
            let (head, body) = answer(&mut stream);
            assert!(head.starts_with("HTTP/1.1 206") && body == file[size / 3..=size / 2], "{size} {head}");
        }
    }
    asker.join().unwrap();
    let file = files.last().unwrap();
    write!(
        stream,
        "GET /9000001.png HTTP/1.1\r\nHost: x\r\nRange: bytes=0-99999, 3000000-8999999\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let (_, body) = answer(&mut stream);
    let holds = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
    assert!(holds(&file[..100_000]) && body.ends_with(b"--\r\n") && body.len() > 6_100_000);
    assert_eq!(rest(&mut stream), b"");
}

#[test]
fn a_file_that_is_kept_open_is_never_answered_with_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    let listener = Program::listen_plainly(&["http", "--folder", folder.path().to_str().unwrap()]);
    let mut stream = listener.call();
    for round in 0..20 {
        let file = noise(20_000 + round, 30 + u64::try_from(round).unwrap());
        // In place, and by another file with its name.
        if round % 2 == 0 {
            fs::write(&path, &file).unwrap();
        } else {
            fs::write(folder.path().join("new"), &file).unwrap();
            fs::rename(folder.path().join("new"), &path).unwrap();
        }
        thread::sleep(Duration::from_millis(3));
        write!(stream, "GET /a.png HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        assert!(answer(&mut stream).1 == file, "round {round}");
    }
    fs::remove_file(&path).unwrap();
    thread::sleep(Duration::from_millis(3));
    write!(stream, "GET /a.png HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert!(answer(&mut stream).0.starts_with("HTTP/1.1 404"));
}

#[cfg(unix)]
#[test]
fn a_file_that_shrinks_while_it_is_sent_is_said_to_have_and_the_answer_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.png");
    fs::write(&path, noise(30 << 20, 9)).unwrap();
    let listener = Program::listen_plainly(&["http", "--folder", folder.path().to_str().unwrap()]);
    let mut stream = listener.call();
    write!(stream, "GET /large.png HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut start = [0; 1000];
    stream.read_exact(&mut start).unwrap();
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(1000).unwrap();
    assert!(rest(&mut stream).len() < 30 << 20);
    listener.complained("large.png: the file has become shorter");
}

/// Files that are not kept open for ever: a drive can be taken out a moment later.
#[cfg(target_os = "linux")]
#[test]
fn what_nobody_asks_for_any_more_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.png"), noise(100_000, 9)).unwrap();
    let listener = Program::listen_plainly(&["http", "--folder", folder.path().to_str().unwrap()]);
    let mut stream = listener.call();
    write!(stream, "GET /a.png HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    answer(&mut stream);
    let is_open = || {
        let open = fs::read_dir(format!("/proc/{}/fd", listener.process())).unwrap();
        open.flatten().any(|file| fs::read_link(file.path()).is_ok_and(|path| path.ends_with("a.png")))
    };
    assert!(is_open());
    crate::common::poll("the file to be closed", || (!is_open()).then_some(()));
}
