//! The client that is meant, and what it sends.

use std::{path::PathBuf, time::Duration};

use super::{
    form::Form,
    listen::transport,
    usage::{Usage, peer},
};
use crate::{
    cli::args::{Connect, Said},
    model::{
        ConnectConfig, Encoding, RecvSize, Snippet, SocketOptions,
        compose::{Template, Turn},
    },
    snippet,
    words::text,
};

/// A client, and its side of the exchange.
#[derive(Debug)]
pub(in crate::cli) struct Connecting {
    pub config: ConnectConfig,
    /// None where standard input is sent instead.
    pub messages: Vec<Message>,
    pub form: Form,
    pub receive_first: bool,
    pub close_after_reply: bool,
    /// How long answers to datagrams are waited for.
    pub wait: Option<Duration>,
}

/// One thing to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Message {
    Typed(Template),
    File(PathBuf),
}

impl Connecting {
    pub(super) fn new(connect: &Connect, encoding: Encoding) -> Result<Self, Usage> {
        let form = Form::new(&connect.typed, encoding);
        let read = |said: &Said| match said {
            Said::Text(text) => form.text(text).map(Message::Typed).map_err(|error| Usage::new(error.to_string())),
            Said::File(path) => Ok(Message::File(path.clone())),
        };
        let messages = connect.order.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let (host, port) = match connect.peer.as_deref() {
            Some(typed) => peer(typed)?,
            None => (String::new(), 0),
        };
        let in_a_pipe = || RecvSize::try_from(65_536).unwrap_or_default();
        let datagrams = connect.udp || connect.unix_datagram.is_some();
        let usual_size = if messages.is_empty() && !datagrams { in_a_pipe() } else { RecvSize::default() };
        let config = ConnectConfig {
            transport: transport(connect.udp, [&connect.unix, &connect.unix_datagram, &connect.seqpacket]),
            host,
            port,
            source: connect.source.clone(),
            connect_timeout: connect.patience,
            idle_timeout: None,
            recv_size: connect.recv_size.unwrap_or(usual_size),
            // Whoever has nothing more to say may still listen: what is to be sent is sent.
            keep_half_open: true,
            options: connect.hops.of(SocketOptions {
                broadcast: connect.udp,
                adapter: connect.adapter.clone(),
                ..SocketOptions::default()
            }),
        };
        if connect.wait.is_some() && !config.transport.is_datagram() {
            return Err(Usage::new(text!("--wait is for datagrams; a stream says by itself when it ends")));
        }
        let (receive_first, close_after_reply) = (connect.receive_first, connect.close_after_reply);
        Ok(Self { config, messages, form, receive_first, close_after_reply, wait: connect.wait })
    }

    /// The client as a program.
    pub(super) fn program(&self, kind: Snippet) -> Result<String, Usage> {
        let bytes = |(round, message): (u64, &Message)| match message {
            Message::Typed(template) => Some(template.fill(&Turn::now(round)).bytes),
            Message::File(_) => None,
        };
        let sent: Vec<Vec<u8>> = (0..).zip(&self.messages).filter_map(bytes).collect();
        snippet::session(kind, snippet::Session::Client(&self.config, &sent))
            .map_err(|error| Usage::new(error.to_string()))
    }

    /// Messages travel one by one, without a connection.
    pub(in crate::cli) fn is_datagram(&self) -> bool {
        self.config.transport.is_datagram()
    }

    /// Standard input is sent and standard output gets what comes.
    pub(in crate::cli) fn is_pipe(&self) -> bool {
        self.messages.is_empty()
    }
}
