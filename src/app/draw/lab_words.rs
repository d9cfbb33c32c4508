//! The settings of a lab's side in short words, for its card.

use super::super::model::naming;
use crate::{
    lessons::LabClient,
    model::{AcceptPolicy, ListenConfig, Recipe, Script, Site, Transport},
    words::{counted, text},
};

/// What a listener is and does.
pub(super) fn listener(config: &ListenConfig) -> Vec<String> {
    let mut facts = vec![transport(&config.transport)];
    facts.push(answer(&config.recipe));
    if !config.transport.is_datagram() {
        facts.push(match config.accept {
            AcceptPolicy::One => text!("one client at a time").to_owned(),
            AcceptPolicy::Each => text!("a task for each client").to_owned(),
            AcceptPolicy::Limit(count) => counted!("at most {n} clients at once", n = count.into()),
        });
        facts.push(text!("backlog {n}", n = config.backlog));
    }
    // HTTP chooses its own pieces.
    if !matches!(config.recipe, Recipe::Http(_)) {
        facts.push(text!("recv({n})", n = config.recv_size.get()));
    }
    if let Some(delay) = config.accept_delay {
        facts.push(text!("waits {n} s before each accept", n = delay.as_secs_f32()));
    }
    if let Some(count) = config.close_after {
        facts.push(counted!("closes after {n} answers", n = count.into()));
    }
    if let Some(count) = config.stop_after {
        facts.push(counted!("stops listening after {n} clients", n = count.into()));
    }
    if config.fallback {
        facts.push(text!("takes a free port when this one is refused").to_owned());
    }
    facts
}

fn answer(recipe: &Recipe) -> String {
    match *recipe {
        Recipe::ECHO => text!("answers with the same bytes").to_owned(),
        Recipe::UPPER => text!("answers in capitals").to_owned(),
        Recipe::Reply { ref text, ref options } => text!("answers “{text}”", text = options.on_one_line(text)),
        Recipe::DAYTIME => text!("says date and time, then closes").to_owned(),
        Recipe::Dialog(ref dialog) => {
            let mut words = text!("greets with “{text}”", text = dialog.greeting);
            for rule in &dialog.rules {
                words.push_str(" · ");
                words.push_str(&if rule.ends {
                    text!("“{pattern}” ends it", pattern = rule.pattern)
                } else {
                    text!("“{pattern}” → “{reply}”", pattern = rule.pattern, reply = rule.reply)
                });
            }
            if !dialog.otherwise.is_empty() {
                words.push_str(" · ");
                words.push_str(&text!("else “{reply}”", reply = dialog.otherwise));
            }
            words
        }
        Recipe::Page(_) => text!("one page for each connection, byte for byte, then closes").to_owned(),
        Recipe::SizedFile { .. } => text!("answers a name with the length, then the bytes").to_owned(),
        Recipe::Http(Site::Folder(_)) => text!("answers with the files of a folder by HTTP").to_owned(),
        Recipe::Http(_) => text!("answers with a page and its picture by HTTP").to_owned(),
        _ => naming::recipe_title(recipe),
    }
}

fn transport(transport: &Transport) -> String {
    match transport {
        Transport::Tcp => text!("TCP").to_owned(),
        Transport::Udp => text!("UDP").to_owned(),
        Transport::Unix(_) => text!("Unix stream").to_owned(),
        Transport::UnixDatagram(_) => text!("Unix datagrams").to_owned(),
        Transport::UnixSeqpacket(_) => text!("Unix records").to_owned(),
    }
}

/// What a client is and says.
pub(super) fn client(client: &LabClient) -> Vec<String> {
    match client {
        LabClient::Raw { config, script: plan } => {
            let mut facts = vec![transport(&config.transport)];
            facts.extend(script(plan));
            facts
        }
        LabClient::Fetch(requests) => {
            let mut facts = vec![text!("HTTP client").to_owned()];
            facts.extend(requests.iter().map(|request| {
                let path = request.url.split_once("://").map_or(request.url.as_str(), |(_, rest)| rest);
                let path = path.find('/').and_then(|at| path.get(at..)).unwrap_or("/");
                format!("{} {path}", request.method)
            }));
            facts
        }
        LabClient::SizedFile(_) => {
            vec![text!("TCP").to_owned(), text!("asks for a file, reads the length, then so many bytes").to_owned()]
        }
        LabClient::Reach(attempts) => {
            let mut facts = vec![text!("TCP").to_owned()];
            facts.push(counted!("{n} attempts side by side", n = attempts.len() as u64));
            if let Some(first) = attempts.first() {
                let seconds = first.config.connect_timeout.as_secs_f32();
                facts.push(text!("given up after {n} s", n = seconds));
            }
            facts.push(text!("none sends anything").to_owned());
            facts
        }
        LabClient::Crowd { config, script: plan, count } => {
            let mut facts = vec![text!("TCP").to_owned(), counted!("{n} clients at once", n = u64::from(*count))];
            facts.extend(script(plan));
            facts.push(text!("given up after {n} s", n = config.connect_timeout.as_secs_f32()));
            facts
        }
        LabClient::Families => vec![
            text!("socket(family, type, protocol) for three families and five types").to_owned(),
            text!("each socket is closed at once").to_owned(),
        ],
    }
}

fn script(script: &Script) -> Vec<String> {
    let mut facts = Vec::new();
    if script.receive_first {
        facts.push(text!("receives first").to_owned());
    }
    facts.extend(script.send.iter().map(|line| text!("sends “{line}”", line = line.escape_debug())));
    if script.from_user {
        facts.push(text!("sends what you type below").to_owned());
    }
    if let Some(stop) = &script.stop_on {
        facts.push(text!("“{word}” ends it", word = stop));
    }
    if script.close_after_reply {
        facts.push(text!("closes after the answer").to_owned());
    }
    if facts.is_empty() {
        facts.push(text!("says nothing, receives to the end").to_owned());
    }
    facts
}
