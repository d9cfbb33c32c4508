//! What is thrown at the parsers of our own, and what must hold whatever comes. tests/fuzz/main.rs runs them in
//! `cargo test`, `fuzz_targets`/*.rs under cargo-fuzz.
//!
//! The bytes of a seed are what a peer or a person sends, nothing else: how they are cut into pieces is drawn from them.

use std::{io::IoSlice, sync::LazyLock};

use socketlab::{
    http::{
        client::{Reader, parse_url},
        message::{
            Unpacker,
            misread::{is_host, misread},
        },
    },
    journal::{Budget, Entry, Filter, Journal, Kinds},
    media::{Ending, Found, Scanner},
    model::{
        ConnectionId, Encoding, Event, Name, Names, RequestBody, Route, SessionFile, SessionId, Snippet,
        compose::{Dump, Notation, Options, Template, Turn, to_hex, to_text},
    },
    snippet::{self, curl},
};

/// A name, as of its folder of seeds, and what is done with the bytes.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// All of them.
pub(crate) const TARGETS: &[Target] = &[
    ("answer", answer),
    ("chunked", chunked),
    ("packed", packed),
    ("request", request),
    ("picture", picture),
    ("filter", filter),
    ("session", session),
    ("routes", routes),
    ("curl", curl_words),
    ("typed", typed),
];

/// Runs one of them.
pub(crate) fn run(name: &str, bytes: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(target, _)| *target == name).expect("there is such a target");
    target(bytes);
}

/// Where to cut: from 1 to 97 bytes, the same for the same bytes.
fn piece(bytes: &[u8]) -> usize {
    bytes.iter().fold(7_usize, |sum, byte| (sum * 31 + usize::from(*byte)) % 97) + 1
}

/// Everything that a reader says about an answer.
fn read(bytes: &[u8], size: usize, is_head_only: bool) -> String {
    let mut reader = Reader::new(is_head_only);
    let mut body = Vec::new();
    for piece in bytes.chunks(size) {
        reader.feed(piece, &mut body);
    }
    reader.end(&mut body);
    assert!(body.len() <= bytes.len(), "no more comes out than went in");
    let (head, remarks, surplus) = (reader.head(), reader.remarks(), reader.surplus().escape_ascii());
    let (cut, foreign, length) = (reader.is_cut_short(), reader.is_foreign(), reader.head_length());
    let (interim, trailers) = (reader.interim(), reader.trailers());
    format!(
        "{interim:?} {head:?} {trailers:?} {remarks:#?} cut {cut} foreign {foreign} head {length} surplus {surplus}\n{}",
        body.escape_ascii()
    )
}

/// An answer means the same however it is cut.
fn answer(bytes: &[u8]) {
    for is_head_only in [false, true] {
        let whole = read(bytes, bytes.len().max(1), is_head_only);
        assert_eq!(whole, read(bytes, piece(bytes), is_head_only), "in pieces of {}", piece(bytes));
        assert_eq!(whole, read(bytes, 1, is_head_only), "byte by byte");
    }
}

/// So do chunks.
fn chunked(bytes: &[u8]) {
    answer(&[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", bytes].concat());
}

fn unpack(encoding: &str, bytes: &[u8], size: usize) -> (Vec<u8>, bool) {
    let mut unpacker = Unpacker::new(encoding).expect("it is known").expect("it is a compression");
    let mut out = Vec::new();
    let fed = bytes.chunks(size).all(|piece| unpacker.feed(piece, &mut out).is_ok());
    let sound = fed && unpacker.finish(&mut out).is_ok();
    (out, sound)
}

/// What is packed comes out the same however it is cut, and never more than the limit.
fn packed(bytes: &[u8]) {
    for encoding in ["gzip", "deflate", "br", "zstd", "gzip, gzip"] {
        let (whole, sound) = unpack(encoding, bytes, bytes.len().max(1));
        assert!(whole.len() <= (64 << 20).max(bytes.len() * 200), "{encoding}: {}", whole.len());
        let (pieces, also_sound) = unpack(encoding, bytes, piece(bytes));
        assert_eq!(sound, also_sound, "{encoding} in pieces of {}", piece(bytes));
        // What came out before a fault depends on where the pieces end.
        assert!(whole.starts_with(&pieces) || pieces.starts_with(&whole), "{encoding}");
        assert!(!sound || whole == pieces, "{encoding}");
    }
}

/// What is no request has a status of its own and words, in full and as far as it came.
fn request(bytes: &[u8]) {
    for heard in [bytes, &bytes[..bytes.len() / 2]] {
        if let Some(misread) = misread(heard) {
            assert!((400..600).contains(&misread.status) && !misread.words.to_string().is_empty(), "{misread:?}");
        }
    }
    let _ = is_host(bytes);
}

fn scan(bytes: &[u8], size: usize) -> Vec<Found> {
    let mut scanner = Scanner::new();
    let mut found = Vec::new();
    for piece in bytes.chunks(size) {
        scanner.feed(piece, &mut found);
        assert!(scanner.held() <= bytes.len() * 2 + 4096, "{} held", scanner.held());
    }
    found.extend(std::iter::from_fn(|| scanner.finish()));
    found
}

/// The same pictures are found however the stream is cut, each of them is a piece of the stream, and none lies in another;
/// only the last bytes of a broken one may be the first of the next.
fn picture(bytes: &[u8]) {
    let whole = scan(bytes, bytes.len().max(1));
    assert_eq!(whole, scan(bytes, piece(bytes)), "in pieces of {}", piece(bytes));
    let mut end = 0;
    for found in &whole {
        let from = usize::try_from(found.offset).expect("it is in the stream");
        assert!(from >= end, "{found:?}");
        assert!(bytes[from..].starts_with(&found.bytes), "{found:?}");
        end = if found.ending == Ending::Broken { from + 1 } else { from + found.bytes.len() };
    }
}

/// A few records of every sort, to be looked through.
static JOURNAL: LazyLock<std::sync::Arc<Journal>> = LazyLock::new(|| {
    let journal = Journal::new(Budget { rows: 100, bytes: 1 << 20 });
    let names = Names { local: Name::Inet(([127, 0, 0, 1], 8000).into()), peer: Name::Unnamed };
    for (event, payload) in [
        (Event::Accepted, &b""[..]),
        (Event::Recv, b"GET / HTTP/1.1\r\n"),
        (Event::Send, b"\x89PNG\r\n\0\xff"),
        (Event::Recv, "不要回答".as_bytes()),
        (Event::Closed, b""),
    ] {
        journal.append(&Entry {
            event,
            session: SessionId(1),
            connection: ConnectionId(1),
            names: &names,
            length: payload.len(),
            payload: &[IoSlice::new(payload)],
            keep: payload.len(),
            previous: 0,
        });
    }
    journal
});

/// A filter is read or explained, and takes each record or not.
fn filter(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let block = JOURNAL.block(1).expect("it has records");
    for kinds in [Kinds::All, Kinds::In, Kinds::Out, Kinds::Events] {
        match Filter::parse_in(kinds, text, &[Encoding::Gbk, Encoding::Utf16Le]) {
            Ok(filter) => {
                let mut found = Vec::new();
                filter.matches(&block, 1, &mut found);
                assert!(found.is_sorted() && found.iter().all(|seq| (1..6).contains(seq)), "{found:?}");
                let blank = text.trim().is_empty() && kinds == Kinds::All;
                assert!(!blank || found.len() == 5, "an empty filter takes everything");
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

/// A session file that is read is written so that it reads the same, and edited into itself it says the same.
fn session(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match SessionFile::read(text) {
        Ok(file) => {
            let Ok(written) = file.write() else { return };
            let again = SessionFile::read(&written).unwrap_or_else(|error| panic!("{error} in\n{written}"));
            // Text is compared, because not every number of TOML equals itself.
            assert_eq!(again.write().ok().as_deref(), Some(written.as_str()));
            if let Some(edited) = SessionFile::edit(text, &written) {
                assert!(SessionFile::read(&edited).is_ok(), "{edited}");
            }
        }
        Err(error) => {
            assert!(!error.message.to_string().is_empty());
            assert!(error.line.is_none_or(|line| (1..=text.lines().count() + 1).contains(&line)), "{error:?}");
        }
    }
}

/// A table of routes is read or explained, and what is read can be used.
fn routes(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Route::read(text) {
        Ok(routes) => {
            for route in routes {
                assert_eq!(route.check(), Ok(()));
                assert!(route.delay().as_secs() <= 60);
                // `*` stands for no character as well.
                assert!(route.fits(&route.path) && route.fits(&route.path.replace('*', "")), "{route:?}");
            }
        }
        Err(error) => assert!(!error.message.to_string().is_empty()),
    }
}

/// A pasted command is read or explained; written again it asks for the same.
fn curl_words(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let pasted = match curl::parse(text) {
        Ok(pasted) => pasted,
        Err(words) => return assert!(!words.to_string().is_empty()),
    };
    let Ok(written) = snippet::request(Snippet::Curl, &pasted.config) else { return };
    let again = curl::parse(&written).unwrap_or_else(|error| panic!("{error} in\n{written}"));
    let url = |text: &str| parse_url(text).map(|url| url.to_string());
    assert_eq!(url(&again.config.url), url(&pasted.config.url), "{written}");
    assert_eq!(again.config.method, pasted.config.method, "{written}");
    // An empty text is how curl is told to send no body with POST.
    let body = |body: RequestBody| if body == RequestBody::Text(String::new()) { RequestBody::Empty } else { body };
    assert_eq!(body(again.config.body), body(pasted.config.body), "{written}");
}

/// What is typed as hex is read or told with its place; as a text it says the same; line by line it is read or told.
fn typed(bytes: &[u8]) {
    let typed = String::from_utf8_lossy(bytes);
    let turn = Turn { round: 0, now: 0, seed: 0 };
    for fields in [false, true] {
        let options = Options { fields, ..Options::default() };
        let sent = |typed: &str| Template::new(typed, Notation::Hex, &options, Encoding::Utf8);
        match sent(&typed) {
            Ok(template) if template.fill(&turn).bytes.len() > 1 << 16 => {}
            Ok(template) => {
                let text = to_text(&typed, &options, Encoding::Utf8).expect("it is hex");
                let escaped = Options { escapes: text.escapes, ..options };
                let again = to_hex(&text.text, &escaped, Encoding::Utf8).expect("it is a text");
                let again = sent(&again).expect("it is hex");
                assert_eq!(template.fill(&turn).bytes, again.fill(&turn).bytes, "{:?}", text.text);
            }
            Err(error) => assert!(typed.is_char_boundary(error.at) && !error.to_string().is_empty()),
        }
    }
    let mut dump = Dump::default();
    for line in typed.lines() {
        let _ = dump.line(line);
    }
}
