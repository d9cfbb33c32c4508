//! What holds for every input of a kind, not only for those of a table. An input that fails is made smaller and printed.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly, helpers included")]

use std::io::IoSlice;

use proptest::{collection::vec, option, prelude::*, sample::select};
use socketlab::{
    http::client::{Outgoing, Piece, Reader, parse_url},
    journal::{Budget, Entry, Filter, Journal, Kinds},
    model::{
        ConnectConfig, ConnectionId, Encoding, Event, FetchConfig, LineEnd, ListenConfig, MessageKind, Name, Names,
        Part, PartValue, Proxy, Recipe, RecvSize, RequestBody, SavedClient, SavedMessage, Script, SessionFile,
        SessionId, Site, Snippet,
        compose::{ByteOrder, Checksum},
    },
    snippet::{self, curl},
};

/// Text with everything in it that files, shells and languages treat in their own way.
fn text() -> impl Strategy<Value = String> {
    vec(
        prop_oneof![
            4 => select(vec!['\'', '"', '\\', '`', '$', '^', '%', '!', '#', '&', '*', '~', '{', '}', ';', '|', '@', '=', '\n', '\t', '\r']),
            4 => proptest::char::range(' ', '~'),
            1 => any::<char>(),
        ],
        0..24,
    )
    .prop_map(|chars| chars.into_iter().collect())
}

/// Text that a command line and a head can hold.
fn line() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.chars().filter(|char| !char.is_control()).collect::<String>().trim().to_owned())
}

/// An answer, and what its body is.
#[derive(Clone, Debug)]
struct Answer {
    raw: Vec<u8>,
    body: Vec<u8>,
}

fn answer() -> impl Strategy<Value = Answer> {
    let bytes = || vec(any::<u8>(), 0..60);
    let head = |framing: &str| format!("HTTP/1.1 200 OK\r\nServer: x\r\n{framing}\r\n").into_bytes();
    prop_oneof![
        (bytes(), "[0]{0,3}").prop_map(move |(body, zeros)| {
            let raw = [head(&format!("Content-Length: {zeros}{}\r\n", body.len())), body.clone()].concat();
            Answer { raw, body }
        }),
        (vec(vec(any::<u8>(), 1..40), 0..6), any::<bool>(), option::of("[a-z]{1,5}=[0-9]{1,3}"), any::<bool>())
            .prop_map(move |(chunks, upper, extension, trailer)| {
                let mut raw = head("Transfer-Encoding: chunked\r\n");
                let extension = extension.map_or_else(String::new, |extension| format!(";{extension}"));
                for chunk in &chunks {
                    let length = if upper { format!("{:X}", chunk.len()) } else { format!("{:x}", chunk.len()) };
                    raw.extend([format!("{length}{extension}\r\n").as_bytes(), chunk, b"\r\n"].concat());
                }
                raw.extend(if trailer { b"0\r\nX-Sum: 1\r\n\r\n".as_slice() } else { b"0\r\n\r\n" });
                Answer { raw, body: chunks.concat() }
            }),
        bytes().prop_map(move |body| Answer { raw: [head("Connection: close\r\n"), body.clone()].concat(), body }),
    ]
}

/// Pieces of `bytes`, cut at these places.
fn pieces<'a>(bytes: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).chain([0, bytes.len()]).collect();
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

fn record(journal: &Journal, payload: &[u8]) {
    let names = Names { local: Name::Inet(([127, 0, 0, 1], 8000).into()), peer: Name::Unnamed };
    journal.append(&Entry {
        event: Event::Recv,
        session: SessionId(1),
        connection: ConnectionId(1),
        names: &names,
        length: payload.len(),
        payload: &[IoSlice::new(payload)],
        keep: payload.len(),
        previous: 0,
    });
}

fn session_file() -> impl Strategy<Value = SessionFile> {
    let recipe = prop_oneof![
        Just(Recipe::ECHO),
        text().prop_map(Recipe::reply),
        text().prop_map(|path| Recipe::Http(Site::Folder(path.into()))),
    ];
    let listener = (text(), any::<u16>(), 1..=RecvSize::MAX, recipe, option::of(any::<u32>())).prop_map(
        |(bind, port, size, recipe, close_after)| ListenConfig {
            bind,
            port,
            recv_size: RecvSize::try_from(size).unwrap(),
            recipe,
            close_after,
            ..ListenConfig::default()
        },
    );
    let client = (text(), vec(text(), 0..4), option::of(text()), select(Encoding::ALL.to_vec())).prop_map(
        |(host, send, stop_on, encoding)| SavedClient {
            config: ConnectConfig { host, ..ConnectConfig::default() },
            encoding,
            script: Script { send, stop_on, take_turns: true, ..Script::default() },
        },
    );
    let options = (
        select(vec![LineEnd::None, LineEnd::Lf, LineEnd::CrLf]),
        any::<bool>(),
        any::<bool>(),
        select(Checksum::ALL.to_vec()),
        select(vec![ByteOrder::Usual, ByteOrder::Low, ByteOrder::High]),
    );
    let message =
        (text(), text(), options).prop_map(|(name, content, (line_end, escapes, fields, checksum, byte_order))| {
            let kind = MessageKind::Text;
            SavedMessage { name, kind, content, line_end, escapes, fields, checksum, byte_order }
        });
    (vec(listener, 0..3), vec(client, 0..3), vec(request(), 0..3), vec(message, 0..3)).prop_map(
        |(listeners, clients, requests, messages)| SessionFile {
            listeners: listeners.into_iter().map(Into::into).collect(),
            clients: clients.into_iter().map(Into::into).collect(),
            requests: requests.into_iter().map(Into::into).collect(),
            messages: messages.into_iter().map(Into::into).collect(),
            ..SessionFile::default()
        },
    )
}

fn request() -> impl Strategy<Value = FetchConfig> {
    let pair = || (line(), line());
    let body = prop_oneof![
        Just(RequestBody::Empty),
        text().prop_map(|text| RequestBody::Text(text.replace('\0', ""))),
        line().prop_map(|path| RequestBody::File(format!("f{path}").into())),
        vec(pair(), 1..3).prop_map(RequestBody::Form),
        vec(("[a-zA-Z_]{1,8}", line(), prop::option::of("[a-z]{1,5}/[a-z]{1,5}(; [a-z]{1,5}=[a-z]{1,5})?")), 1..3)
            .prop_map(|parts| {
                let part = |(name, value, kind)| Part { name, value: PartValue::Text(value), kind };
                RequestBody::Parts(parts.into_iter().map(part).collect())
            }),
    ];
    let header = ("X-[A-Za-z]{1,6}", line());
    let proxy = prop_oneof![Just(Proxy::Environment), Just(Proxy::Direct), Just(Proxy::Url("http://p:1".into()))];
    (
        line(),
        select(vec!["GET", "POST", "PUT", "DELETE", "PATCH"]),
        vec(header, 0..4),
        body,
        0..20_u8,
        any::<[bool; 3]>(),
        proxy,
    )
        .prop_map(|(path, method, headers, body, redirects, [decompress, path_as_is, only_success], proxy)| {
            FetchConfig {
                url: format!("http://h/{path}"),
                method: method.to_owned(),
                headers,
                body,
                redirects,
                decompress,
                path_as_is,
                only_success,
                proxy,
                ..FetchConfig::default()
            }
        })
}

/// The bytes of a request, its headers in no order.
fn sent(config: &FetchConfig) -> Option<(String, Vec<String>, String)> {
    let outgoing = Outgoing::new(config, "BOUNDARY", None).ok()?;
    let head = outgoing.head(0);
    let mut lines: Vec<String> = head.lines().map(ToOwned::to_owned).collect();
    let first = lines.remove(0);
    lines.sort();
    let body = outgoing.body.iter().map(|piece| match piece {
        Piece::Bytes(bytes) => bytes.escape_ascii().to_string(),
        Piece::File(path) => format!("@{}", path.display()),
    });
    Some((first, lines, body.collect()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn an_answer_is_read_the_same_at_every_cut(
        answer in answer(),
        cuts in vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let (mut reader, mut body) = (Reader::new(false), Vec::new());
        for piece in pieces(&answer.raw, &cuts) {
            reader.feed(piece, &mut body);
        }
        reader.end(&mut body);
        prop_assert_eq!(&body, &answer.body);
        prop_assert!(!reader.is_cut_short() && reader.surplus().is_empty());
        prop_assert_eq!(reader.head().unwrap().status, 200);
    }

    #[test]
    fn an_answer_that_breaks_off_is_said_to(answer in answer(), at in any::<prop::sample::Index>()) {
        let head = answer.raw.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
        let open = answer.raw.windows(7).any(|window| window == b"close\r\n");
        let at = at.index(answer.raw.len());
        prop_assume!(at > 8 && !(open && at >= head));
        let (mut reader, mut body) = (Reader::new(false), Vec::new());
        reader.feed(&answer.raw[..at], &mut body);
        reader.end(&mut body);
        prop_assert!(answer.body.starts_with(&body));
        // Half a head says so; a length of 0 is whole as soon as its head is.
        prop_assert!(!reader.remarks().is_empty(), "{:?}", reader);
    }

    #[test]
    fn a_filter_finds_what_a_plain_search_finds(
        payloads in vec(vec(select(b"xXqQ1 \0\xff".to_vec()), 0..12), 1..20),
        needle in "[xXqQ]{1,3}",
    ) {
        let journal = Journal::new(Budget { rows: 10_000, bytes: 1 << 20 });
        for payload in &payloads {
            record(&journal, payload);
        }
        let mut found = Vec::new();
        let filter = Filter::parse(Kinds::In, &format!("\"{needle}\"")).unwrap();
        filter.matches(&journal.block(1).unwrap(), 1, &mut found);
        let holds = |payload: &Vec<u8>| {
            payload.windows(needle.len()).any(|part| part.eq_ignore_ascii_case(needle.as_bytes()))
        };
        let wanted: Vec<u64> = (1..).zip(&payloads).filter(|(_, payload)| holds(payload)).map(|(seq, _)| seq).collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn a_filter_is_read_or_explained(text in text()) {
        match Filter::parse_in(Kinds::All, &text, &Encoding::ALL) {
            Ok(filter) => {
                let journal = Journal::new(Budget { rows: 10_000, bytes: 1 << 20 });
                record(&journal, text.as_bytes());
                filter.matches(&journal.block(1).unwrap(), 1, &mut Vec::new());
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }

    #[test]
    fn a_session_file_is_read_as_it_was_written(file in session_file()) {
        let written = file.write().unwrap();
        prop_assert_eq!(&SessionFile::read(&written).unwrap(), &file, "{}", written);
        // What a person finds in the place of another session says the same.
        let other = SessionFile::default().write().unwrap();
        if let Some(edited) = SessionFile::edit(&other, &written) {
            let edited = SessionFile::read(&edited).unwrap();
            prop_assert_eq!(edited.listeners.len(), file.listeners.len());
        }
    }

    #[test]
    fn a_request_copied_as_curl_and_pasted_sends_the_same(config in request()) {
        let Ok(written) = snippet::request(Snippet::Curl, &config) else { return Ok(()) };
        let pasted = curl::parse(&written).map_err(|words| TestCaseError::fail(format!("{words} in {written}")))?;
        prop_assert_eq!(parse_url(&pasted.config.url).unwrap(), parse_url(&config.url).unwrap());
        prop_assert_eq!(sent(&pasted.config), sent(&config), "{}", written);
        prop_assert_eq!(pasted.config.redirects, config.redirects);
        prop_assert_eq!(pasted.config.decompress, config.decompress);
    }

    #[test]
    fn a_command_is_read_or_explained(text in text()) {
        for command in [format!("curl {text}"), format!("curl '{text}' http://h/"), format!("curl.exe \"{text}\" http://h/")] {
            if let Err(words) = curl::parse(&command) {
                prop_assert!(!words.to_string().is_empty());
            }
        }
    }
}
