//! What a session file keeps, refuses and says.

use std::time::Duration;

use super::*;
use crate::model::{
    AcceptPolicy, Dialog, Encoding, Insert, LineEnd, MessageKind, Part, PartValue, Proxy, RawPage, Recipe, RecvSize,
    RequestBody, Route, RouteBody, Rule, Serving, Site, SocketOptions, Transport, Uploads, When,
    compose::{ByteOrder, Checksum},
};

/// The options of a socket, each at something else than its default.
fn options() -> SocketOptions {
    SocketOptions {
        nodelay: false,
        keepalive: false,
        recv_buffer: Some(4096),
        send_buffer: Some(8192),
        ttl: Some(7),
        keepalive_idle: 20,
        user_timeout: Some(30_000),
        multicast_ttl: Some(4),
        multicast_loopback: Some(false),
        adapter: Some("eth0".into()),
        keepalive_interval: 6,
        keepalive_probes: 4,
        broadcast: true,
    }
}

/// Every recipe, with every kind of rule and of route.
fn recipes() -> Vec<Recipe> {
    let rule = |when| Rule { when, pattern: "a".into(), reply: "$0\r\n".into(), delay_ms: 5, ends: true };
    let whens = [When::Exact, When::Contains, When::StartsWith, When::EndsWith, When::Regex];
    let dialog = Dialog {
        greeting: "hi".into(),
        rules: whens.map(rule).into(),
        otherwise: "?".into(),
        hex: true,
        escapes: true,
        fields: true,
        line_end: LineEnd::Lf,
        checksum: Checksum::Lrc,
        byte_order: ByteOrder::Low,
    };
    let route = |answer| Route {
        method: "POST".into(),
        path: "/*".into(),
        status: 201,
        headers: vec![("X-A".into(), "1".into()), ("X-A".into(), "2".into())],
        answer,
        delay_ms: 9,
    };
    let routes = vec![route(RouteBody::Text("\"'\n".into())), route(RouteBody::File("a b.png".into()))];
    let insert = Insert { path: "/x".into(), head: "HTTP/1.1 200 OK\r\n\r\n".into(), file: "x.png".into() };
    vec![
        Recipe::ECHO,
        Recipe::UPPER,
        Recipe::reply("好"),
        Recipe::DISCARD,
        Recipe::DAYTIME,
        Recipe::Nobody,
        Recipe::Http(Site::Welcome),
        Recipe::Http(Site::Picture("p.png".into())),
        Recipe::Http(Site::Folder("/srv".into())),
        Recipe::Http(Site::Embedded { picture: "p".into(), at: "/p".into() }),
        Recipe::Http(Site::Routes(routes)),
        Recipe::Dialog(dialog),
        Recipe::Page(RawPage { text: "x".into(), insert: Some(insert) }),
        Recipe::SizedFile { folder: "/srv".into() },
        Recipe::CHAT,
        Recipe::CHARGEN,
    ]
}

/// Every field of every part at something else than its default, and every kind of each.
fn everything() -> SessionFile {
    let second = Duration::from_millis(1500);
    let options = options();
    let listener = |recipe| ListenConfig {
        transport: Transport::UnixSeqpacket("/s".into()),
        groups: vec!["239.1.2.3".into(), "ff02::fb%eth0".into()],
        bind: "::".into(),
        port: 0,
        backlog: 3,
        accept: AcceptPolicy::Limit(4),
        recv_size: RecvSize::try_from(1).unwrap(),
        recipe,
        encoding: Encoding::ShiftJis,
        serving: Serving {
            uploads: Some(Uploads { folder: "/up".into(), limit: 5 }),
            board: true,
            close_each: true,
            listing: true,
            any_host: true,
            ..Serving::default()
        },
        close_after: Some(1),
        idle_timeout: Some(second),
        keep_half_open: true,
        stop_after: Some(2),
        accept_delay: Some(second),
        fallback: true,
        options: options.clone(),
    };
    let client = |transport| SavedClient {
        config: ConnectConfig {
            transport,
            host: "host".into(),
            port: 1,
            source: "[::1]:5".parse().ok(),
            connect_timeout: second,
            idle_timeout: Some(second),
            recv_size: RecvSize::try_from(2).unwrap(),
            keep_half_open: true,
            options: options.clone(),
        },
        encoding: Encoding::Gbk,
        script: Script {
            receive_first: true,
            send: vec!["a\n".into(), "\u{7f}".into()],
            from_user: true,
            take_turns: true,
            stop_on: Some("b".into()),
            close_after_reply: true,
        },
    };
    let transports =
        [Transport::Tcp, Transport::Udp, Transport::Unix("/u".into()), Transport::UnixDatagram("/d".into())];
    let parts = [PartValue::Text("t".into()), PartValue::File("f".into())];
    let bodies = vec![
        RequestBody::Empty,
        RequestBody::Text("{}".into()),
        RequestBody::File("f".into()),
        RequestBody::Form(vec![("a".into(), "b".into())]),
        RequestBody::Parts(parts.map(|value| Part { name: "n".into(), value, kind: None }).into()),
    ];
    let request = |body| FetchConfig {
        url: "http://h/".into(),
        method: "PUT".into(),
        headers: vec![("A".into(), String::new())],
        body,
        output: Some("out".into()),
        connect_timeout: second,
        first_byte_timeout: second,
        idle_timeout: second,
        whole_timeout: Some(second),
        redirects: 3,
        decompress: true,
        proxy: Proxy::Url("http://p:1".into()),
        max: Some(7),
        path_as_is: true,
        digest: true,
        only_success: true,
        after: None,
    };
    let message = |kind| SavedMessage {
        name: "n".into(),
        kind,
        content: "00".into(),
        line_end: LineEnd::CrLf,
        escapes: true,
        fields: true,
        checksum: Checksum::Crc16Modbus,
        byte_order: ByteOrder::High,
    };
    SessionFile {
        listeners: recipes().into_iter().map(|recipe| listener(recipe).into()).collect(),
        clients: transports.into_iter().map(|transport| client(transport).into()).collect(),
        requests: bodies.into_iter().map(|body| request(body).into()).collect(),
        messages: [MessageKind::Text, MessageKind::Hex, MessageKind::File].map(|kind| message(kind).into()).into(),
        unknown: Table::new(),
    }
}

#[test]
fn everything_comes_back_whatever_it_is_set_to() {
    let all = everything();
    let text = all.write().unwrap();
    let read = SessionFile::read(&text).unwrap();
    assert_eq!(read, all, "{text}");
    assert_eq!(read.write().unwrap(), text);
}

fn full() -> SessionFile {
    let listen = |recipe| ListenConfig { port: 8001, recipe, ..ListenConfig::default() };
    let rule = Rule { pattern: "a\n\"b".into(), reply: "你好".into(), ..Rule::default() };
    let dialog = Dialog { greeting: "hi".into(), rules: vec![rule], ..Dialog::default() };
    SessionFile {
        listeners: vec![
            ListenConfig::default().into(),
            listen(Recipe::Dialog(dialog)).into(),
            listen(Recipe::Http(Site::Folder("/srv/pictures".into()))).into(),
            ListenConfig { transport: Transport::Unix("/tmp/s".into()), ..ListenConfig::default() }.into(),
        ],
        clients: vec![
            SavedClient {
                config: ConnectConfig { host: "::1".into(), port: 65_535, ..ConnectConfig::default() },
                script: Script { send: vec!["hello\n".into()], ..Script::default() },
                ..SavedClient::default()
            }
            .into(),
        ],
        requests: vec![FetchConfig { url: "http://x/".into(), ..FetchConfig::default() }.into()],
        messages: vec![
            SavedMessage {
                name: "reset".into(),
                kind: MessageKind::Hex,
                content: "FF 00".into(),
                line_end: LineEnd::CrLf,
                escapes: true,
                ..SavedMessage::default()
            }
            .into(),
        ],
        unknown: Table::new(),
    }
}

#[test]
fn a_session_comes_back_as_it_was_written() {
    let text = full().write().unwrap();
    assert_eq!(SessionFile::read(&text).unwrap(), full(), "{text}");
    // Defaults are not in the way of a reader.
    assert!(!text.contains("backlog") && !text.contains("keepalive") && !text.contains("take_turns"), "{text}");
    assert_eq!(SessionFile::read("socketlab = 1").unwrap(), SessionFile::default());
}

#[test]
fn what_a_newer_version_wrote_is_written_again() {
    let newer = "socketlab = 2\ncolour = 'red'\n[[listener]]\nport = 9000\nquic = true\n[listener.options]\nttl = 3\necn = 1\n\
                 [[route]]\npath = '/'\n[[message]]\ncontent = 'x'\nhotkey = 'F5'\n";
    let file = SessionFile::read(newer).unwrap();
    assert_eq!((file.listeners[0].value.port, file.listeners[0].value.options.ttl), (9000, Some(3)));
    let again = file.write().unwrap();
    let table: Table = again.parse().unwrap();
    assert_eq!(table["socketlab"], Value::Integer(2));
    assert_eq!(table["colour"].as_str(), Some("red"));
    assert_eq!(table["listener"][0]["quic"].as_bool(), Some(true));
    assert_eq!(table["listener"][0]["options"]["ecn"].as_integer(), Some(1));
    assert_eq!(table["route"][0]["path"].as_str(), Some("/"));
    assert_eq!(table["message"][0]["hotkey"].as_str(), Some("F5"));
    assert_eq!(SessionFile::read(&again).unwrap(), file);
}

#[test]
fn what_a_newer_version_wrote_inside_a_dialog_a_route_or_a_script_is_kept_too() {
    let newer = "socketlab = 1\n\
                 [[listener]]\n[listener.recipe.Dialog]\ngreeting = 'hi'\nmood = 'kind'\n\
                 [[listener.recipe.Dialog.rule]]\npattern = 'a'\n\
                 [[listener.recipe.Dialog.rule]]\npattern = 'b'\nsound = 'beep'\n\
                 [[listener]]\n[[listener.recipe.Http.Routes]]\npath = '/'\ncache = 5\n\
                 [[client]]\n[client.script]\nsend = ['x']\nrepeat = 3\n";
    let file = SessionFile::read(newer).unwrap();
    assert_eq!(file.clients[0].value.script.send, ["x"]);
    let again = file.write().unwrap();
    let table: Table = again.parse().unwrap();
    let dialog = &table["listener"][0]["recipe"]["Dialog"];
    assert_eq!(dialog["mood"].as_str(), Some("kind"));
    assert_eq!((dialog["rule"][0].get("sound"), dialog["rule"][1]["sound"].as_str()), (None, Some("beep")));
    assert_eq!(table["listener"][1]["recipe"]["Http"]["Routes"][0]["cache"].as_integer(), Some(5));
    assert_eq!(table["client"][0]["script"]["repeat"].as_integer(), Some(3));
    let read = SessionFile::read(&again).unwrap();
    assert_eq!((&read, read.write().unwrap()), (&file, again));
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let line = |text: &str| SessionFile::read(text).unwrap_err().line;
    assert_eq!(line("socketlab = 1\n[[listener]]\nport = 70000\n"), Some(3));
    assert_eq!(line("socketlab = 1\n\n[[listener]\n"), Some(3));
    assert_eq!(line("socketlab = 1\n[[client]]\nhost = 3\n"), Some(3));
    assert_eq!(line("socketlab = 1\n[[listener]]\nrecv_size = 0\n"), Some(3));
    assert_eq!(line("socketlab = 1\n[[client]]\n[client.script]\n\nsend = 'x'\n"), Some(5));
    let error = SessionFile::read("socketlab = 1\n[[message]]\nkind = 'smoke'\n").unwrap_err().to_string();
    assert!(error.starts_with("line 3: ") && error.contains("smoke"), "{error}");
    assert!(SessionFile::read("").unwrap_err().to_string().contains("socketlab = 1"));
    assert!(SessionFile::read("socketlab = 0").is_err());
}

#[test]
fn too_much_is_refused() {
    let many = |count| format!("socketlab = 1\n{}", "[[listener]]\n".repeat(count));
    assert_eq!(SessionFile::read(&many(MOST)).unwrap().listeners.len(), MOST);
    assert!(SessionFile::read(&many(MOST + 1)).is_err());
    let messages = format!("socketlab = 1\n{}", "[[message]]\n".repeat(SavedMessage::MOST + 1));
    assert!(SessionFile::read(&messages).is_err());
}

/// As a person writes it: comments everywhere, an order of their own, a default spelled out, a field of a newer version.
const BY_HAND: &str = "\
# Our lab, second floor.
socketlab = 1 # leave this
colour = 'red'

# The one that everybody uses.
[[listener]]
port = 9000     # not 8000: the printer has that
backlog = 128
quic = true
[listener.options]
# Never more than one hop.
ttl = 3

# Students talk to this one.
[[listener]]
recipe = { Reply = { text = 'hi' } }
port = 9001

[[message]]
content = 'one' # first
name = 'a'
# The end.
";

#[test]
fn what_a_person_wrote_into_a_file_stays_when_it_is_saved_again() {
    let read = SessionFile::read(BY_HAND).unwrap();
    let edit = |change: &dyn Fn(&mut SessionFile)| {
        // As the window has it: values, and what it does not know only where it opened the file.
        let mut session = SessionFile { unknown: Table::new(), ..read.clone() };
        for entry in &mut session.listeners {
            entry.unknown.clear();
        }
        change(&mut session);
        let text = SessionFile::edit(BY_HAND, &session.write().unwrap()).unwrap();
        let again = SessionFile::read(&text).unwrap();
        assert_eq!(again.listeners.len(), session.listeners.len(), "{text}");
        text
    };
    assert_eq!(edit(&|_| {}), BY_HAND);
    assert_eq!(edit(&|session| session.listeners.reverse()), BY_HAND);

    let port = edit(&|session| session.listeners[0].value.port = 9100);
    assert_eq!(port, BY_HAND.replace("9000 ", "9100 "));
    let backlog = edit(&|session| session.listeners[0].value.backlog = 5);
    assert_eq!(backlog, BY_HAND.replace("backlog = 128", "backlog = 5"));
    let ttl = edit(&|session| session.listeners[0].value.options.ttl = Some(9));
    assert_eq!(ttl, BY_HAND.replace("ttl = 3", "ttl = 9"));
    let reply = edit(&|session| session.listeners[1].value.recipe = Recipe::reply("ho"));
    assert_eq!(reply, BY_HAND.replace("'hi'", "\"ho\""));
    let content = edit(&|session| session.messages[0].value.content = "two".into());
    assert_eq!(content, BY_HAND.replace("'one'", "\"two\""));
    // What is gone takes its own comment with it.
    let gone = edit(&|session| drop(session.listeners.remove(1)));
    let (from, to) = (BY_HAND.find("\n# Students").unwrap(), BY_HAND.find("\n[[message]]").unwrap());
    assert_eq!(gone, [&BY_HAND[..from], &BY_HAND[to..]].concat());
    // What is new stands behind the others of its kind.
    let more = edit(&|session| {
        session.listeners.push(ListenConfig { bind: "::1".into(), port: 7, ..ListenConfig::default() }.into());
        session.clients.push(SavedClient::default().into());
    });
    let place = |words: &str| more.find(words).unwrap_or_else(|| panic!("{words}: {more}"));
    assert!(place("port = 9001") < place("bind = \"::1\"") && more.contains("[[client]]"), "{more}");
    for line in BY_HAND.lines() {
        assert!(more.contains(line), "{line}: {more}");
    }
}

#[test]
fn every_session_can_be_saved_over_every_other() {
    let lists = "socketlab = 1\nlistener = [{ port = 1 }]\n";
    let files =
        [everything().write().unwrap(), full().write().unwrap(), BY_HAND.to_owned(), "socketlab = 1".to_owned()];
    for (old, new) in files.iter().flat_map(|old| files.iter().map(move |new| (old, new))) {
        let text = SessionFile::edit(old, new).unwrap_or_else(|| panic!("{old}\nto {new}"));
        assert_eq!(SessionFile::edit(&text, new).as_deref(), Some(text.as_str()));
    }
    // Written anew: not a session before, or not as one is written here.
    for old in ["", "x = ", "hello = 1", lists] {
        assert_eq!(SessionFile::edit(old, &files[0]), None);
    }
    assert!(SessionFile::edit(&files[0], "no session").is_none());
}

#[test]
fn a_name_stands_with_what_it_names_and_is_no_stranger() {
    let text = "socketlab = 1\n[[listener]]\nport = 1\nname = \"The robot\"\n[[client]]\nname = 7\n";
    let file = SessionFile::read(text).unwrap();
    assert_eq!((file.listeners[0].name.as_str(), file.clients[0].name.as_str()), ("The robot", ""));
    // What is no name is kept as it stands, and pointed out.
    let strangers: Vec<_> = file.strangers(text).into_iter().map(|stranger| stranger.line).collect();
    assert_eq!(strangers, [6]);
    let mut renamed = SessionFile::read(&file.write().unwrap()).unwrap();
    assert_eq!(renamed, file);
    renamed.listeners[0].name = "Arm".into();
    let edited = SessionFile::edit(text, &renamed.write().unwrap()).unwrap();
    assert!(edited.contains("name = \"Arm\"") && !edited.contains("robot"), "{edited}");
}
