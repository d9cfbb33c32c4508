//! The arguments of `socketlab lab`, and the lab they mean.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::ValueEnum;

use crate::{
    cli::{
        args::{existing, host_port, seconds},
        refusal::wrong,
    },
    engine::silent_address,
    lessons::{Lab, LabClient, Needs, Program, Substitute, lab, labs},
    model::Transport,
    words::text,
};

/// Which part of a lab runs here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Side {
    /// The one that waits
    Listener,
    /// The one that calls
    Client,
    /// Both, in this program
    Both,
}

/// Which program is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PythonSide {
    /// The one that waits
    Listener,
    /// The one that calls
    Client,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct LabArgs {
    /// Which lab; without it they are listed
    #[arg(value_name = "ID")]
    pub id: Option<String>,
    /// Which side runs here; `both`, or `client` with --peer
    #[arg(long, value_enum)]
    side: Option<Side>,
    /// Port to bind or to call in place of the lab's own; 0 binds a free one
    #[arg(long)]
    port: Option<u16>,
    /// Address to bind in place of the lab's own
    #[arg(long, value_name = "ADDR")]
    bind: Option<String>,
    /// Whom the client calls in place of the lab's own
    #[arg(long, value_name = "HOST:PORT")]
    peer: Option<String>,
    /// Path of the socket in lab `unix`
    #[arg(long, value_name = "PATH")]
    path: Option<PathBuf>,
    /// Datagrams instead of a stream, in labs `daytime` and `unix`
    #[arg(long)]
    udp: bool,
    /// Records instead of a stream, in lab `unix`; Linux only
    #[arg(long, conflicts_with = "udp")]
    seqpacket: bool,
    /// The picture that a page shows; a built-in one without it
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// The folder that is served; the current one without it
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// An address that never answers, for lab `reach`
    #[arg(long, value_name = "HOST:PORT")]
    silent: Option<String>,
    /// Seconds that connecting may take, in lab `reach`; 3 without it
    #[arg(long = "connect-timeout", value_name = "SECS", value_parser = seconds)]
    patience: Option<Duration>,
    /// The third argument of socket, in lab `families`: 0, 1 for ICMP, 6 for TCP, 17 for UDP
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(i32).range(0..=255))]
    pub protocol: i32,
    /// Print the shortest Python 3 program for that side instead of running it
    #[arg(long, value_enum, value_name = "SIDE")]
    pub python: Option<PythonSide>,
}

impl LabArgs {
    /// The side that runs here.
    pub(super) fn side(&self) -> Side {
        let usual = if self.peer.is_some() { Side::Client } else { Side::Both };
        self.side.unwrap_or(usual)
    }

    /// True when the client calls where the listener of this run is bound.
    pub(super) fn calls_own_listener(&self) -> bool {
        self.side() == Side::Both && self.peer.is_none()
    }

    /// The lab with all that was typed; ends the program with code 2 where that makes no sense.
    pub(super) fn lab(&self, id: &str) -> Lab {
        let Some(mut lab) = lab(id).cloned() else {
            let ids: Vec<_> = labs().iter().map(|lab| lab.id).collect();
            wrong(&text!("there is no lab “{id}”; there are {ids}", id = id, ids = ids.join(", ")));
        };
        if let Some(listener) = &mut lab.listener {
            if let Some(bind) = &self.bind {
                listener.bind.clone_from(bind);
            }
            if let Some(port) = self.port {
                listener.port = port;
            }
        }
        lab = self.fill(lab);
        match self.transport(&lab) {
            Some(transport) => {
                lab.client = lab.client.map(|client| client.over(&transport));
                if let Some(listener) = &mut lab.listener {
                    listener.transport = transport;
                }
            }
            None if self.udp || self.seqpacket || self.path.is_some() => {
                wrong(text!("--udp is for labs daytime and unix, --seqpacket and --path for lab unix"));
            }
            None => {}
        }
        self.aim(lab)
    }

    /// The lab with picture and folder.
    fn fill(&self, lab: Lab) -> Lab {
        match (lab.needs(), &self.picture, &self.folder) {
            (Some(Needs::Picture), Some(picture), None) => lab.with_picture(existing(picture, false)),
            (Some(Needs::Folder), None, folder) => {
                let folder = folder.clone().unwrap_or_else(|| PathBuf::from("."));
                lab.with_folder(existing(&folder, true))
            }
            (_, None, None) => lab,
            _ => wrong(text!("this lab does not show that; leave --picture or --folder out")),
        }
    }

    /// The transport that is meant in place of the lab's own.
    fn transport(&self, lab: &Lab) -> Option<Transport> {
        match (lab.id, &self.path) {
            ("daytime", None) if self.udp => Some(Transport::Udp),
            ("unix", path) if self.udp || self.seqpacket || path.is_some() => {
                let own = lab.listener.as_ref().and_then(|listener| listener.transport.path()).map(Path::to_owned);
                let path = path.clone().or(own)?;
                Some(match (self.udp, self.seqpacket) {
                    (true, _) => Transport::UnixDatagram(path),
                    (_, true) => Transport::UnixSeqpacket(path),
                    _ => Transport::Unix(path),
                })
            }
            _ => None,
        }
    }

    /// The lab with its client calling whom it is to call.
    fn aim(&self, mut lab: Lab) -> Lab {
        let (host, port) = match (&self.peer, self.port) {
            (Some(peer), _) => host_port(peer).unwrap_or_else(|message| wrong(&message)),
            (None, Some(port)) => ("127.0.0.1".to_owned(), port),
            (None, None) => (String::new(), 0),
        };
        if !host.is_empty() {
            lab.client = lab.client.map(|client| client.calling(&host, port));
        }
        if self.silent.is_none() {
            lab = lab.with_silent(&silent_address().to_string());
        }
        if let (Some(silent), Some(LabClient::Reach(attempts))) = (&self.silent, &mut lab.client)
            && let Some(last) = attempts.last_mut()
        {
            let (host, port) = host_port(silent).unwrap_or_else(|message| wrong(&message));
            last.config.host = host;
            last.config.port = port;
        }
        if let (Some(limit), Some(LabClient::Reach(attempts))) = (self.patience, &mut lab.client) {
            for attempt in attempts {
                attempt.config.connect_timeout = limit;
            }
        }
        lab
    }

    /// The Python program of a side.
    pub(super) fn program(&self, lab: &Lab, side: PythonSide) -> String {
        let (program, host, port): (Option<Program>, _, _) = match side {
            PythonSide::Listener => (lab.python_listener, self.bind.clone(), self.port),
            PythonSide::Client => match self.peer.as_deref().map(host_port) {
                Some(Ok((host, port))) => {
                    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
                    (lab.python_client, Some(bare), Some(port))
                }
                Some(Err(message)) => wrong(&message),
                None => (lab.python_client, None, self.port),
            },
        };
        let Some(program) = program else { wrong(text!("this lab has no such side")) };
        program.with(&Substitute {
            host,
            port,
            protocol: Some(self.protocol),
            path: self.path.clone(),
            folder: self.folder.clone(),
            picture: self.picture.clone(),
        })
    }
}
