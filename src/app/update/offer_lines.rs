//! What a session file would really do, in lines that a person reads before anything starts.
//!
//! The file is somebody else's: what stands in it cannot draw lines of its own, and folders that nobody means to show are
//! refused.

use std::path::{Path, PathBuf};

use super::super::model::naming;
use crate::{
    model::{FetchConfig, ListenConfig, PartValue, Recipe, RequestBody, SavedClient, SessionFile, Site, Transport},
    ui::{
        dialogs::offer::{Line, Remark},
        kit::Tone,
        views::shared::wording::escape,
    },
    words::{counted, size, text},
};

/// Characters of a path, a URL or a message that are shown.
const SHOWN: usize = 200;
/// Messages of one client that are shown word for word.
const MESSAGES: usize = 5;
/// Folders below a person's own one that hold keys and passwords.
const SECRET: [&str; 8] = [".ssh", ".gnupg", ".aws", ".kube", ".config", ".mozilla", ".password-store", "AppData"];
/// Folders of the system.
const SYSTEM: [&str; 14] =
    ["/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/proc", "/root", "/run", "/sbin", "/sys", "/usr", "/var"];

/// Whose file it is: in what a person has started themselves, the folders are those that they chose.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// What ran last time on this PC.
    Here,
    /// A file that anybody may have written.
    Elsewhere,
}

/// A line for each thing that would start.
pub(super) fn lines(file: &SessionFile, from: From) -> Vec<Line> {
    let listeners = file.listeners.iter().map(|entry| listener(&entry.value, from));
    let clients = file.clients.iter().map(|entry| client(&entry.value));
    let requests = file.requests.iter().map(|entry| {
        let request = &entry.value;
        let refused = request_refusal(request, from).map(|text| Remark { tone: Tone::Bad, text });
        let shown_files = if refused.is_some() { 0 } else { MESSAGES };
        let sent = sent_files(request).into_iter().take(shown_files).map(|path| {
            let text = text!("sends the file {path}", path = shown(&path.to_string_lossy()));
            Remark { tone: Tone::Warning, text }
        });
        let remarks = refused.into_iter().chain(sent).collect();
        Line { text: shown(&format!("{} {}", request.method, request.url)), remarks }
    });
    listeners.chain(clients).chain(requests).collect()
}

/// Why a listener of a file is not started: it would show, or let others fill, what nobody means to.
pub(super) fn refusal(config: &ListenConfig, from: From) -> Option<String> {
    if from == From::Here {
        return None;
    }
    let uploads = config.serving.uploads.as_ref().filter(|_| is_http(config)).map(|uploads| uploads.folder.as_path());
    let path = [files(&config.recipe), uploads].into_iter().flatten().find(|path| is_dangerous(path))?;
    Some(text!("Not started: {path} is not for others to see or to fill", path = shown(&path.to_string_lossy())))
}

/// The same for a request that would send such a file away.
pub(super) fn request_refusal(request: &FetchConfig, from: From) -> Option<String> {
    if from == From::Here {
        return None;
    }
    let path = sent_files(request).into_iter().find(|path| is_dangerous(path))?;
    Some(text!("Not started: {path} is not for others to see or to fill", path = shown(&path.to_string_lossy())))
}

fn sent_files(request: &FetchConfig) -> Vec<&Path> {
    match &request.body {
        RequestBody::File(path) => vec![path],
        RequestBody::Parts(parts) => {
            let files = parts.iter().filter_map(|part| match &part.value {
                PartValue::File(path) => Some(path.as_path()),
                PartValue::Text(_) => None,
            });
            files.collect()
        }
        RequestBody::Empty | RequestBody::Text(_) | RequestBody::Form(_) => Vec::new(),
    }
}

fn is_http(config: &ListenConfig) -> bool {
    matches!(config.recipe, Recipe::Http(_))
}

fn listener(config: &ListenConfig, from: From) -> Line {
    let local = config.transport.path().is_some()
        || config.bind == "localhost"
        || config.bind.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    let address = naming::place(&config.transport, &config.bind, config.port);
    let title = naming::recipe_title(&config.recipe);
    let line = text!("Listen at {address} · {answer}", address = shown(&address), answer = shown(&title));
    let mut remarks = Vec::new();
    if let Some(refusal) = refusal(config, from) {
        return Line { text: line, remarks: vec![Remark { tone: Tone::Bad, text: refusal }] };
    }
    if let Some(path) = files(&config.recipe) {
        remarks.push(plain(text!("shows {path}", path = shown(&path.to_string_lossy()))));
    }
    if let Some(uploads) = config.serving.uploads.as_ref().filter(|_| is_http(config)) {
        let folder = shown(&uploads.folder.to_string_lossy());
        let words = text!("takes files into {folder}, up to {size} each", folder = folder, size = size(uploads.limit));
        remarks.push(Remark { tone: Tone::Warning, text: words });
    }
    if config.serving.board && is_http(config) {
        remarks.push(plain(text!("has a board on which visitors write")));
    }
    if config.serving.any_host && is_http(config) {
        let text = text!("Answers to any host name: web pages from elsewhere may read it").to_owned();
        remarks.push(Remark { tone: Tone::Warning, text });
    }
    if !local {
        remarks.push(Remark { tone: Tone::Warning, text: text!("Other PCs can reach it").to_owned() });
    }
    Line { text: line, remarks }
}

fn client(SavedClient { config, script, .. }: &SavedClient) -> Line {
    let address = naming::place(&config.transport, &config.host, config.port);
    let kind = match &config.transport {
        Transport::Udp => "UDP",
        Transport::Tcp => "TCP",
        _ => "Unix",
    };
    let text = text!("Connect to {address} · {kind}", address = shown(&address), kind = kind);
    let mut remarks: Vec<Remark> = script
        .send
        .iter()
        .take(MESSAGES)
        .map(|message| plain(text!("sends “{text}”", text = shown(message))))
        .collect();
    if let Some(more @ 1..) = script.send.len().checked_sub(MESSAGES) {
        remarks.push(plain(counted!("and {n} more messages", n = more as u64)));
    }
    Line { text, remarks }
}

fn plain(text: impl Into<String>) -> Remark {
    Remark { tone: Tone::Info, text: text.into() }
}

/// What stands in the file, on one line: line breaks and marks that turn the direction of writing are dots.
fn shown(text: &str) -> String {
    let line = escape(text.as_bytes(), SHOWN);
    if line.chars().count() < text.chars().count() { format!("{line}…") } else { line }
}

/// The folder that a listener shows as a whole.
fn folder(recipe: &Recipe) -> Option<&Path> {
    match recipe {
        Recipe::Http(Site::Folder(path)) => Some(path),
        Recipe::SizedFile { folder } => Some(folder),
        _ => None,
    }
}

/// What of this PC's disk a listener shows.
fn files(recipe: &Recipe) -> Option<&Path> {
    match recipe {
        Recipe::Http(Site::Picture(path) | Site::Embedded { picture: path, .. }) => Some(path),
        Recipe::Page(page) => page.insert.as_ref().map(|insert| insert.file.as_path()),
        other => folder(other),
    }
}

/// A person's own folder as a whole, what holds keys, and the system's folders.
fn is_dangerous(path: &Path) -> bool {
    // Without asking the disk: what stands there may be at the other end of a network.
    let path: PathBuf = path.components().filter(|part| !matches!(part, std::path::Component::CurDir)).collect();
    let home = etcetera::home_dir().ok();
    let is_home = home.as_ref().is_some_and(|home| home.starts_with(&path));
    let secret = path.components().any(|part| SECRET.iter().any(|name| part.as_os_str() == *name));
    let climbs = path.components().any(|part| matches!(part, std::path::Component::ParentDir));
    let system = SYSTEM.iter().any(|folder| path == Path::new(folder));
    let windows = path.to_string_lossy().to_lowercase();
    let windows = windows.len() <= 3 && windows.as_bytes().get(1) == Some(&b':') || windows.starts_with(r"c:\windows");
    is_home || secret || climbs || system || windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Serving, Uploads};

    fn site(folder: &str, uploads: Option<&str>) -> ListenConfig {
        let uploads = uploads.map(|folder| Uploads { folder: folder.into(), ..Uploads::default() });
        let serving = Serving { uploads, board: true, ..Serving::default() };
        let recipe = Recipe::Http(Site::Folder(folder.into()));
        ListenConfig { recipe, serving, bind: "0.0.0.0".into(), ..ListenConfig::default() }
    }

    #[test]
    fn a_listener_says_all_that_it_would_do() {
        let line = listener(&site("/srv/pictures", Some("/srv/in")), From::Elsewhere);
        let words: Vec<&str> = line.remarks.iter().map(|remark| remark.text.as_str()).collect();
        assert!(words[0].contains("/srv/pictures") && words[1].contains("/srv/in"), "{words:?}");
        assert!(words[2].contains("board") && words[3].contains("Other PCs"), "{words:?}");
        let mut open = site("/srv/pictures", None);
        open.serving.any_host = true;
        let line = listener(&open, From::Elsewhere);
        assert!(line.remarks.iter().any(|remark| remark.tone == Tone::Warning && remark.text.contains("any host")));
    }

    #[test]
    fn folders_that_nobody_means_to_show_are_refused() {
        let home = etcetera::home_dir().unwrap();
        let below = |name: &str| home.join(name).to_string_lossy().into_owned();
        for wrong in
            ["/", "/etc", "/etc/", "/home", &below(""), &below(".ssh"), &below("a/../.."), r"C:\Windows\System32"]
        {
            assert!(refusal(&site(wrong, None), From::Elsewhere).is_some(), "{wrong}");
            assert!(refusal(&site("/srv", Some(wrong)), From::Elsewhere).is_some(), "{wrong}");
        }
        // What they have started themselves last time is theirs to start again.
        assert!(refusal(&site(&below(""), None), From::Here).is_none());
        for right in ["/srv/x", "/etcetera", &below("Pictures")] {
            assert!(refusal(&site(right, Some(right)), From::Elsewhere).is_none(), "{right}");
        }
    }

    #[test]
    fn what_stands_in_a_file_draws_no_lines_of_its_own() {
        let line = listener(&site("/srv/a\nOther PCs cannot reach it\u{202e}gnp.exe", None), From::Elsewhere);
        assert!(line.remarks.iter().all(|remark| !remark.text.contains(['\n', '\u{202e}'])), "{line:?}");
        let client = client(&SavedClient {
            script: crate::model::Script { send: vec!["x\r\ny".into(); 8], ..crate::model::Script::default() },
            ..SavedClient::default()
        });
        assert_eq!(client.remarks.len(), MESSAGES + 1);
        assert!(client.remarks[0].text.contains("x··y"), "{client:?}");
    }
}
