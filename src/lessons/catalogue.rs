//! The presets themselves, with the tutorials' own addresses and bytes.

use std::{path::PathBuf, time::Duration};

use crate::{
    lessons::{Attempt, Lab, LabClient, Program},
    model::{
        AcceptPolicy, ConnectConfig, Dialog, FetchConfig, Insert, ListenConfig, RawPage, Recipe, RecvSize, Rule,
        Script, Site, Transport, When,
    },
    words::text,
};

/// The tutorial's page, an empty line between head and body, bare line feeds.
const CLASSIC: &str = "HTTP/1.x 200 OK\nContent-Type: text/html\n\n<head>\n<title>WOW</title>\n</head>\n<html>\n\
                       <p>Wow, Python Server</p>\n<IMG src=\"test.jpg\"/>\n</html>\n";
/// What the tutorial sends before its picture: the empty line at the start is its own.
const CLASSIC_PICTURE: &str = "\nHTTP/1.x 200 OK\nContent-Type: image/jpg\n\n";
/// Where both pages have their picture.
const PICTURE: &str = "/test.jpg";
/// A documentation address (RFC 5737): no machine has it, so nothing answers.
const SILENT: &str = "192.0.2.1";

macro_rules! program {
    ($name:literal) => {
        Some(Program(include_str!(concat!("python/", $name, ".py"))))
    };
}

pub(super) fn all() -> Vec<Lab> {
    let mut labs = first_steps();
    labs.extend(http());
    labs.extend(dialogs());
    labs.extend(other_sockets());
    labs.extend(system());
    labs
}

fn listener(bind: &str, port: u16, backlog: u32, recipe: Recipe) -> ListenConfig {
    // HTTP chooses the size of each call.
    let recv_size = match recipe {
        Recipe::Http(_) => RecvSize::default(),
        _ => RecvSize::exactly_usual(),
    };
    let accept = AcceptPolicy::One;
    ListenConfig { bind: bind.to_owned(), port, backlog, recipe, accept, recv_size, ..ListenConfig::default() }
}

fn caller(port: u16) -> ConnectConfig {
    ConnectConfig { port, recv_size: RecvSize::exactly_usual(), ..ConnectConfig::default() }
}

fn fetch(port: u16, paths: &[&str]) -> LabClient {
    let request = |path: &&str| FetchConfig { url: format!("http://127.0.0.1:{port}{path}"), ..FetchConfig::default() };
    LabClient::Fetch(paths.iter().map(request).collect())
}

/// Every line waits for the answer to the one before.
fn lines() -> Script {
    Script { from_user: true, take_turns: true, ..Script::default() }
}

/// One message, and the answer to it.
fn one(message: &str) -> Script {
    Script { send: vec![message.to_owned()], close_after_reply: true, ..Script::default() }
}

fn reply(text: &str) -> Recipe {
    Recipe::reply(text)
}

fn first_steps() -> Vec<Lab> {
    vec![
        Lab {
            id: "upper",
            title: text!("Upper case"),
            summary: text!(
                "The first loop: the client sends a line, the server answers it in capitals. It accepts one client at a time, so that a second one waits in the backlog, and it closes each connection after eleven answers. Ports below 1024 may need administrator rights; then a free one is taken."
            ),
            listener: Some(ListenConfig {
                close_after: Some(11),
                fallback: true,
                ..listener("localhost", 999, 5, Recipe::UPPER)
            }),
            client: Some(LabClient::Raw {
                config: ConnectConfig { host: "localhost".to_owned(), ..caller(999) },
                script: lines(),
            }),
            python_listener: program!("upper_listener"),
            python_client: program!("upper_client"),
        },
        Lab {
            id: "sized-file",
            title: text!("Length first"),
            summary: text!(
                "TCP is a stream without marks between messages, so the server says how many bytes will follow before it sends a file. The client asks with a name, reads the length, and then exactly so many bytes, however recv cuts them. “ls” lists the folder."
            ),
            listener: Some(ListenConfig {
                accept: AcceptPolicy::Each,
                ..listener("127.0.0.1", 9998, 5, Recipe::SizedFile { folder: PathBuf::new() })
            }),
            client: Some(LabClient::SizedFile(caller(9998))),
            python_listener: program!("sized_file_listener"),
            python_client: program!("sized_file_client"),
        },
        Lab {
            id: "yes",
            title: text!("Can you hear me?"),
            summary: text!(
                "One request, one reply, and the end: socket, bind, listen, accept, recv, sendall, close on one side, socket, connect, sendall, recv, close on the other. The server accepts a single client and then stops listening."
            ),
            listener: Some(ListenConfig {
                close_after: Some(1),
                stop_after: Some(1),
                ..listener("127.0.0.1", 8000, 3, reply("Yes"))
            }),
            client: Some(LabClient::Raw { config: caller(8000), script: one("can you hear me?") }),
            python_listener: program!("yes_listener"),
            python_client: program!("yes_client"),
        },
    ]
}

fn http() -> Vec<Lab> {
    let embedded = Recipe::Http(Site::Embedded { picture: PathBuf::new(), at: PICTURE.to_owned() });
    let insert = Insert { path: PICTURE.to_owned(), head: CLASSIC_PICTURE.to_owned(), file: PathBuf::new() };
    let classic = Recipe::Page(RawPage { text: CLASSIC.to_owned(), insert: Some(insert) });
    let welcome = Recipe::Page(RawPage { text: "<h1>welcome nginx</h1>".to_owned(), insert: None });
    vec![
        Lab {
            id: "http-page",
            title: text!("A page with a picture"),
            summary: text!(
                "HTTP is text over TCP: a request with a start line and a head, a response with a status line, a head and a body. A browser that opens the page makes three requests: the page, the picture in it, and /favicon.ico."
            ),
            listener: Some(ListenConfig { accept: AcceptPolicy::Each, ..listener("127.0.0.1", 8000, 128, embedded) }),
            client: Some(fetch(8000, &["/", PICTURE])),
            python_listener: program!("http_page_listener"),
            python_client: program!("http_page_client"),
        },
        Lab {
            id: "http-page-classic",
            title: text!("The page as written by hand"),
            summary: text!(
                "What a hand-written server sends: HTTP/1.x as version, bare line feeds, no Content-Length, one request for each connection. Only the end of the connection ends the body; the client says which parts of HTTP are missing."
            ),
            listener: Some(listener("127.0.0.1", 8000, 3, classic)),
            client: Some(fetch(8000, &["/", PICTURE])),
            python_listener: program!("http_page_classic_listener"),
            python_client: program!("http_page_classic_client"),
        },
        Lab {
            id: "welcome",
            title: text!("The simplest web server"),
            summary: text!(
                "A server that answers HTML and nothing else: no status line and no head, as in HTTP/0.9. Browsers of today refuse it; the client here shows the body and says what is not there."
            ),
            listener: Some(listener("127.0.0.1", 8080, 5, welcome)),
            client: Some(fetch(8080, &["/"])),
            python_listener: program!("welcome_listener"),
            python_client: program!("welcome_client"),
        },
        Lab {
            id: "folder",
            title: text!("A folder over HTTP"),
            summary: text!(
                "The files of a folder as a site, as SimpleHTTPServer serves them. Every click is a request of its own, and pictures are found in the stream by their own bytes."
            ),
            listener: Some(ListenConfig {
                accept: AcceptPolicy::Each,
                ..listener("127.0.0.1", 8000, 128, Recipe::Http(Site::Folder(PathBuf::new())))
            }),
            client: Some(fetch(8000, &["/"])),
            python_listener: program!("folder_listener"),
            python_client: program!("folder_client"),
        },
    ]
}

fn dialogs() -> Vec<Lab> {
    let rule = |pattern: &str, reply: &str, ends| Rule {
        when: When::Exact,
        pattern: pattern.to_owned(),
        reply: reply.to_owned(),
        ends,
        ..Rule::default()
    };
    let dialog = Dialog {
        greeting: "我是多线程".to_owned(),
        rules: vec![rule("exit", "", true), rule("0", "您输入的是0", false)],
        otherwise: "请重新输入.".to_owned(),
        ..Dialog::default()
    };
    vec![
        Lab {
            id: "do-not-answer",
            title: text!("Do not answer"),
            summary: text!(
                "A chat of one sentence each. Text is sent as bytes, here UTF-8: the 38 bytes of the answer are 14 characters. The server closes the connection and waits for the next caller."
            ),
            listener: Some(ListenConfig {
                close_after: Some(1),
                ..listener("127.0.0.1", 9999, 5, reply("不要回答,不要回答,不要回答"))
            }),
            client: Some(LabClient::Raw { config: caller(9999), script: one("yaoyao") }),
            python_listener: program!("do_not_answer_listener"),
            python_client: program!("do_not_answer_client"),
        },
        Lab {
            id: "threading-dialog",
            title: text!("Many clients at once"),
            summary: text!(
                "A server with one task for every client, like ThreadingTCPServer: nobody waits for anybody else. It speaks first, so the client must receive before it sends, and “exit” ends the dialog."
            ),
            listener: Some(ListenConfig {
                accept: AcceptPolicy::Each,
                ..listener("127.0.0.1", 8009, 5, Recipe::Dialog(dialog))
            }),
            client: Some(LabClient::Raw {
                config: caller(8009),
                script: Script { receive_first: true, stop_on: Some("exit".to_owned()), ..lines() },
            }),
            python_listener: program!("threading_dialog_listener"),
            python_client: program!("threading_dialog_client"),
        },
    ]
}

fn other_sockets() -> Vec<Lab> {
    let path = std::env::temp_dir().join("socketlab.sock");
    let udp = ListenConfig { transport: Transport::Udp, ..listener("127.0.0.1", 9999, 5, Recipe::ECHO) };
    let unix = ListenConfig { transport: Transport::Unix(path.clone()), ..listener("127.0.0.1", 0, 5, Recipe::ECHO) };
    vec![
        Lab {
            id: "udp",
            title: text!("Datagrams"),
            summary: text!(
                "UDP has no connection: recvfrom returns the datagram and the address of its sender, and sendto answers to that address. A datagram comes whole or not at all, and nobody is told when one is lost."
            ),
            listener: Some(udp),
            client: Some(LabClient::Raw {
                config: ConnectConfig { transport: Transport::Udp, ..caller(9999) },
                script: lines(),
            }),
            python_listener: program!("udp_listener"),
            python_client: program!("udp_client"),
        },
        Lab {
            id: "unix",
            title: text!("Between programs of one machine"),
            summary: text!(
                "AF_UNIX: a socket with a path in place of address and port. The path is a file of its own kind that bind creates; it is removed when the listener stops, and a file that is no socket is never touched."
            ),
            listener: Some(unix),
            client: Some(LabClient::Raw {
                config: ConnectConfig { transport: Transport::Unix(path), ..caller(0) },
                script: lines(),
            }),
            python_listener: program!("unix_listener"),
            python_client: program!("unix_client"),
        },
        Lab {
            id: "daytime",
            title: text!("Time server"),
            summary: text!(
                "The oldest of services (RFC 867): whoever connects is told the date and time as text, and the server closes. Over UDP any datagram is answered so. Port 13 may need administrator rights; then a free one is taken."
            ),
            listener: Some(ListenConfig {
                accept: AcceptPolicy::Each,
                fallback: true,
                ..listener("127.0.0.1", 13, 5, Recipe::DAYTIME)
            }),
            client: Some(LabClient::Raw { config: caller(13), script: Script::default() }),
            python_listener: program!("daytime_listener"),
            python_client: program!("daytime_client"),
        },
    ]
}

fn system() -> Vec<Lab> {
    let attempt = |title, host: &str, port| Attempt {
        title,
        config: ConnectConfig { host: host.to_owned(), connect_timeout: Duration::from_secs(3), ..caller(port) },
    };
    let echo = || ListenConfig { accept: AcceptPolicy::Each, ..listener("127.0.0.1", 8000, 5, Recipe::ECHO) };
    vec![
        Lab {
            id: "families",
            title: text!("Socket explorer"),
            summary: text!(
                "The three arguments of socket: family, type and protocol. Every combination is tried on this machine and shows the descriptor it got, or the number and name of the error: not every family has every type, and raw sockets need administrator rights."
            ),
            listener: None,
            client: Some(LabClient::Families),
            python_listener: None,
            python_client: program!("families_client"),
        },
        Lab {
            id: "reach",
            title: text!("Address and port"),
            summary: text!(
                "Three attempts side by side. With the right address connect succeeds; with a wrong port the host refuses at once; with a wrong host nothing comes back until the time is up. connect_ex gives these outcomes as numbers, which differ between Linux and Windows."
            ),
            listener: Some(echo()),
            client: Some(LabClient::Reach(vec![
                attempt(text!("the right address"), "127.0.0.1", 8000),
                attempt(text!("a wrong port"), "127.0.0.1", 1),
                attempt(text!("a wrong host"), SILENT, 8000),
            ])),
            python_listener: program!("reach_listener"),
            python_client: program!("reach_client"),
        },
        Lab {
            id: "backlog",
            title: text!("The waiting queue"),
            summary: text!(
                "listen(backlog) says how many callers the system may keep waiting before accept takes them. This server accepts slowly and one at a time: some clients are served, some wait in the queue, and those for whom there is no room are left without an answer."
            ),
            listener: Some(ListenConfig {
                accept_delay: Some(Duration::from_secs(2)),
                close_after: Some(1),
                ..listener("127.0.0.1", 8000, 1, reply("your turn"))
            }),
            client: Some(LabClient::Crowd {
                config: ConnectConfig { connect_timeout: Duration::from_millis(1500), ..caller(8000) },
                script: one("hello"),
                count: 8,
            }),
            python_listener: program!("backlog_listener"),
            python_client: program!("backlog_client"),
        },
        Lab {
            id: "handshake",
            title: text!("Handshake and close"),
            summary: text!(
                "Where the three-way handshake and the four-step close happen: connect returns when the handshake is done, shutdown sends a FIN while the other direction stays open, and recv returns nothing when the peer's FIN has come. Every call of this very connection is a record with its time."
            ),
            listener: Some(echo()),
            client: Some(LabClient::Raw {
                config: caller(8000),
                script: Script { send: vec!["hello".to_owned()], ..Script::default() },
            }),
            python_listener: program!("handshake_listener"),
            python_client: program!("handshake_client"),
        },
    ]
}
