//! The labs: what of each is typed, edited and running.
//!
//! Owns which session belongs to which side of which lab. Starting is in `lab_run`, the page is put together in
//! `lab_bench`.

use std::{
    collections::{BTreeMap, VecDeque},
    path::PathBuf,
    sync::Arc,
};

use crate::{
    engine::{Probe, silent_address},
    lessons::{Lab, LabClient, Needs, ScriptRun, labs},
    model::{ConnectionId, FetchConfig, ListenConfig, ObjectId, SessionId, Transport},
    ui::{
        dialogs::labs::LabEntry,
        forms::{connect_form::ConnectForm, listen_form::ListenForm},
        views::lab::{FileAnswer, LabPage, LabSide, LabView},
    },
};

/// One lab as it stands on its page.
pub(in crate::app) struct Bench {
    /// With what was edited.
    pub(in crate::app) lab: Lab,
    pub(in crate::app) page: LabPage,
    pub(in crate::app) listener: Option<SessionId>,
    pub(in crate::app) clients: Vec<SessionId>,
    /// When each client was started, and when it was there or failed, in nanoseconds since 1970.
    pub(in crate::app) times: BTreeMap<SessionId, (u64, Option<u64>)>,
    /// The client is started as soon as the listener is there.
    pub(in crate::app) client_waits: bool,
    /// Requests that follow when the one before is over.
    pub(in crate::app) requests: VecDeque<FetchConfig>,
    /// What the system said of the running listener.
    pub(in crate::app) remark: String,
    /// What the socket explorer found.
    pub(in crate::app) probes: Vec<Probe>,
    pub(in crate::app) exploring: bool,
    /// The file that was asked for last.
    pub(in crate::app) asked: Option<FileRequest>,
    /// The names that the newest list had.
    pub(in crate::app) names: Vec<String>,
}

/// The name that was asked for last, and its answer.
#[derive(Debug)]
pub(in crate::app) struct FileRequest {
    pub(in crate::app) session: SessionId,
    pub(in crate::app) connection: ConnectionId,
    /// The newest picture before the name was asked for.
    pub(in crate::app) before: ObjectId,
    pub(in crate::app) answer: FileAnswer,
    pub(in crate::app) bytes: Option<Arc<Vec<u8>>>,
}

/// A script that speaks.
pub(in crate::app) struct Speaking {
    pub(in crate::app) run: ScriptRun,
    pub(in crate::app) connection: ConnectionId,
    /// `recv` calls that the script knows of.
    pub(in crate::app) received: u64,
}

/// All labs.
pub(in crate::app) struct Labs {
    pub(in crate::app) entries: Vec<LabEntry>,
    /// The lab whose page is shown.
    pub(in crate::app) open: Option<&'static str>,
    pub(in crate::app) benches: BTreeMap<&'static str, Bench>,
    /// Which side of the open lab the form on the screen is about.
    pub(in crate::app) editing: Option<LabSide>,
    /// The forms as a person had them before they were filled from a lab.
    pub(in crate::app) aside: Option<(ListenForm, ConnectForm)>,
    pub(in crate::app) speaking: BTreeMap<SessionId, Speaking>,
}

fn entries() -> Vec<LabEntry> {
    labs().iter().map(|lab| LabEntry { id: lab.id, title: lab.title, summary: lab.summary }).collect()
}

impl Labs {
    pub(in crate::app) fn new() -> Self {
        Self {
            entries: entries(),
            open: None,
            benches: labs().iter().map(|lab| (lab.id, Bench::new(lab.clone()))).collect(),
            editing: None,
            aside: None,
            speaking: BTreeMap::new(),
        }
    }

    /// Takes the words of the labs again, after the language has changed; what was edited stays.
    pub(in crate::app) fn reword(&mut self) {
        self.entries = entries();
        for lab in labs() {
            if let Some(bench) = self.benches.get_mut(lab.id) {
                bench.lab.title = lab.title;
                bench.lab.summary = lab.summary;
            }
        }
    }

    pub(in crate::app) fn bench(&mut self) -> Option<&mut Bench> {
        self.benches.get_mut(self.open?)
    }

    /// The lab that started a session.
    pub(in crate::app) fn of(&mut self, session: SessionId) -> Option<(&'static str, &mut Bench)> {
        let mut benches = self.benches.iter_mut();
        benches
            .find(|(_, bench)| bench.listener == Some(session) || bench.clients.contains(&session))
            .map(|(id, bench)| (*id, bench))
    }

    pub(in crate::app) fn stop_editing(&mut self) {
        self.editing = None;
    }
}

impl Bench {
    fn new(lab: Lab) -> Self {
        let mut bench = Self {
            page: LabPage::default(),
            listener: None,
            clients: Vec::new(),
            times: BTreeMap::new(),
            client_waits: false,
            requests: VecDeque::new(),
            remark: String::new(),
            probes: Vec::new(),
            exploring: false,
            lab: match &lab.client {
                // The preset's address may be one that this machine has.
                Some(LabClient::Reach(_)) => lab.with_silent(&silent_address().to_string()),
                _ => lab,
            },
            asked: None,
            names: Vec::new(),
        };
        bench.fill();
        bench.page.view = match (&bench.lab.client, bench.lab.id) {
            (Some(LabClient::Reach(_) | LabClient::Crowd { .. } | LabClient::Families), _) => LabView::Outcomes,
            (Some(LabClient::SizedFile(_)), _) => LabView::Files,
            (_, "handshake") => LabView::Ladder,
            _ => LabView::Exchange,
        };
        bench
    }

    /// Writes the addresses of the lab into the fields of its page.
    pub(in crate::app) fn fill(&mut self) {
        let page = &mut self.page;
        if let Some(config) = &self.lab.listener {
            page.bind.clone_from(&config.bind);
            page.listen_port = config.port.to_string();
            if let Some(path) = config.transport.path() {
                page.path = path.to_string_lossy().into_owned();
            }
        }
        let (host, port) = match &self.lab.client {
            Some(LabClient::Raw { config, .. } | LabClient::Crowd { config, .. } | LabClient::SizedFile(config)) => {
                (config.host.clone(), config.port)
            }
            Some(LabClient::Fetch(requests)) => requests.first().map(|first| authority(&first.url)).unwrap_or_default(),
            Some(LabClient::Reach(attempts)) => {
                attempts.first().map(|first| (first.config.host.clone(), first.config.port)).unwrap_or_default()
            }
            Some(LabClient::Families) | None => return,
        };
        page.host = host;
        page.call_port = port.to_string();
    }

    /// The listener as the page has it.
    pub(in crate::app) fn listen_config(&self) -> Option<ListenConfig> {
        let file = PathBuf::from(self.page.file.trim());
        let lab = match self.lab.needs() {
            Some(Needs::Picture) => self.lab.clone().with_picture(file),
            Some(Needs::Folder) => self.lab.clone().with_folder(file),
            None => self.lab.clone(),
        };
        let mut config = lab.listener?;
        self.page.bind.trim().clone_into(&mut config.bind);
        config.port = self.page.port(LabSide::Listener).unwrap_or(config.port);
        if let Transport::Unix(path) | Transport::UnixDatagram(path) | Transport::UnixSeqpacket(path) =
            &mut config.transport
        {
            *path = PathBuf::from(self.page.path.trim());
        }
        Some(config)
    }

    /// The client as the page has it.
    pub(in crate::app) fn client(&self) -> Option<LabClient> {
        let client = self.lab.client.clone()?;
        let host = self.page.host.trim();
        let mut client = match (client, self.page.port(LabSide::Client)) {
            (client, None) => client,
            // Each attempt may have been edited; the page has the fields of the first one.
            (LabClient::Reach(mut attempts), Some(port)) if attempts.first().is_some_and(|a| a.config.host == host) => {
                if let Some(first) = attempts.first_mut() {
                    first.config.port = port;
                }
                LabClient::Reach(attempts)
            }
            (client, Some(port)) => client.calling(host, port),
        };
        if let LabClient::Raw { config, script } = &mut client {
            // Who types may have more to say when the peer has nothing more: they close it themselves.
            config.keep_half_open |= script.from_user;
        }
        if let LabClient::Raw { config, .. } = &mut client
            && let Transport::Unix(path) | Transport::UnixDatagram(path) | Transport::UnixSeqpacket(path) =
                &mut config.transport
        {
            *path = PathBuf::from(self.page.path.trim());
        }
        Some(client)
    }
}

/// Host and port of a URL.
fn authority(url: &str) -> (String, u16) {
    let parsed = url::Url::parse(url).ok();
    let host = parsed.as_ref().and_then(|url| url.host_str()).unwrap_or("127.0.0.1");
    let port = parsed.as_ref().and_then(url::Url::port_or_known_default).unwrap_or(80);
    (host.trim_matches(['[', ']']).to_owned(), port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_person_types_the_end_of_the_peer_does_not_close_the_connection() {
        let kept = labs().iter().filter_map(|lab| match Bench::new(lab.clone()).client()? {
            LabClient::Raw { config, script } => Some((script.from_user, config.keep_half_open)),
            _ => None,
        });
        let kept: Vec<_> = kept.collect();
        assert!(kept.iter().all(|(typed, kept)| typed == kept), "{kept:?}");
        assert!(kept.contains(&(true, true)) && kept.contains(&(false, false)), "{kept:?}");
    }
}
