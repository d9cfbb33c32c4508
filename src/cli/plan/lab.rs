//! The lab that is meant.

use std::path::{Path, PathBuf};

use super::usage::{Usage, existing, peer};
use crate::{
    cli::args::{LabArgs, PythonSide, Side},
    engine::silent_address,
    lessons::{Lab, LabClient, Needs, Program, Substitute, lab, labs},
    model::Transport,
    words::text,
};

/// What is to be done with a lab.
#[derive(Debug)]
pub(in crate::cli) enum LabPlan {
    /// All are listed.
    List,
    /// A program, to standard output.
    Print(String),
    /// Every family with every type, and this protocol.
    Families(i32),
    Run(Box<LabRun>),
}

/// A lab and the side that runs here.
#[derive(Debug)]
pub(in crate::cli) struct LabRun {
    pub lab: Lab,
    pub listens: bool,
    pub calls: bool,
    /// The client calls where the listener of this run is bound.
    pub calls_own: bool,
}

impl LabPlan {
    pub(super) fn new(args: &LabArgs) -> Result<Self, Usage> {
        let Some(id) = &args.id else { return Ok(Self::List) };
        let lab = whole(args, id)?;
        if let Some(side) = args.python {
            return program(args, &lab, side).map(Self::Print);
        }
        if matches!(lab.client, Some(LabClient::Families)) {
            return Ok(Self::Families(args.protocol));
        }
        let usual = if args.peer.is_some() { Side::Client } else { Side::Both };
        let side = args.side.unwrap_or(usual);
        Ok(Self::Run(Box::new(LabRun {
            lab,
            listens: side != Side::Client,
            calls: side != Side::Listener,
            calls_own: side == Side::Both && args.peer.is_none(),
        })))
    }
}

/// The lab with all that was typed.
fn whole(args: &LabArgs, id: &str) -> Result<Lab, Usage> {
    let Some(mut lab) = lab(id).cloned() else {
        let ids: Vec<_> = labs().iter().map(|lab| lab.id).collect();
        return Err(Usage::new(text!("there is no lab “{id}”; there are {ids}", id = id, ids = ids.join(", "))));
    };
    if let Some(listener) = &mut lab.listener {
        if let Some(bind) = &args.bind {
            listener.bind.clone_from(bind);
        }
        if let Some(port) = args.port {
            listener.port = port;
        }
    }
    lab = fill(args, lab)?;
    match transport(args, &lab) {
        Some(transport) => {
            lab.client = lab.client.map(|client| client.over(&transport));
            if let Some(listener) = &mut lab.listener {
                listener.transport = transport;
            }
        }
        None if args.udp || args.seqpacket || args.path.is_some() => {
            return Err(Usage::new(text!("--udp is for labs daytime and unix, --seqpacket and --path for lab unix")));
        }
        None => {}
    }
    aim(args, lab)
}

/// The lab with picture and folder.
fn fill(args: &LabArgs, lab: Lab) -> Result<Lab, Usage> {
    match (lab.needs(), &args.picture, &args.folder) {
        (Some(Needs::Picture), Some(picture), None) => Ok(lab.with_picture(existing(picture, false)?)),
        (Some(Needs::Folder), None, folder) => {
            let folder = folder.clone().unwrap_or_else(|| PathBuf::from("."));
            Ok(lab.with_folder(existing(&folder, true)?))
        }
        (_, None, None) => Ok(lab),
        _ => Err(Usage::new(text!("this lab does not show that; leave --picture or --folder out"))),
    }
}

/// The transport that is meant in place of the lab's own.
fn transport(args: &LabArgs, lab: &Lab) -> Option<Transport> {
    match (lab.id, &args.path) {
        ("daytime", None) if args.udp => Some(Transport::Udp),
        ("unix", path) if args.udp || args.seqpacket || path.is_some() => {
            let own = lab.listener.as_ref().and_then(|listener| listener.transport.path()).map(Path::to_owned);
            let path = path.clone().or(own)?;
            Some(match (args.udp, args.seqpacket) {
                (true, _) => Transport::UnixDatagram(path),
                (_, true) => Transport::UnixSeqpacket(path),
                _ => Transport::Unix(path),
            })
        }
        _ => None,
    }
}

/// The lab with its client calling whom it is to call.
fn aim(args: &LabArgs, mut lab: Lab) -> Result<Lab, Usage> {
    let (host, port) = match (&args.peer, args.port) {
        (Some(typed), _) => peer(typed)?,
        (None, Some(port)) => ("127.0.0.1".to_owned(), port),
        (None, None) => (String::new(), 0),
    };
    if !host.is_empty() {
        lab.client = lab.client.map(|client| client.calling(&host, port));
    }
    if args.silent.is_none() {
        lab = lab.with_silent(&silent_address().to_string());
    }
    if let (Some(silent), Some(LabClient::Reach(attempts))) = (&args.silent, &mut lab.client)
        && let Some(last) = attempts.last_mut()
    {
        let (host, port) = peer(silent)?;
        last.config.host = host;
        last.config.port = port;
    }
    if let (Some(limit), Some(LabClient::Reach(attempts))) = (args.patience, &mut lab.client) {
        for attempt in attempts {
            attempt.config.connect_timeout = limit;
        }
    }
    Ok(lab)
}

/// The Python program of a side.
fn program(args: &LabArgs, lab: &Lab, side: PythonSide) -> Result<String, Usage> {
    let (program, host, port): (Option<Program>, _, _) = match side {
        PythonSide::Listener => (lab.python_listener, args.bind.clone(), args.port),
        PythonSide::Client => match args.peer.as_deref() {
            Some(typed) => {
                let (host, port) = peer(typed)?;
                let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
                (lab.python_client, Some(bare), Some(port))
            }
            None => (lab.python_client, None, args.port),
        },
    };
    let program = program.ok_or_else(|| Usage::new(text!("this lab has no such side")))?;
    Ok(program.with(&Substitute {
        host,
        port,
        protocol: Some(args.protocol),
        path: args.path.clone(),
        folder: args.folder.clone(),
        picture: args.picture.clone(),
    }))
}
