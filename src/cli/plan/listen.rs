//! The listener that is meant.

use std::{
    fs,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
};

use super::{
    form::Form,
    usage::{Usage, existing},
};
use crate::{
    cli::args::{Listen, SiteArgs},
    model::{
        Dialog, Encoding, ListenConfig, RawPage, Recipe, Route, RouteBody, Serving, Site, Snippet, SocketOptions,
        Transport, Uploads,
        compose::{Notation, Options, has_bytes, unescaped},
        system_words,
    },
    respond::{self, Needs, Responders},
    snippet,
    words::text,
};

/// A listener, and what belongs to it besides.
#[derive(Debug)]
pub(in crate::cli) struct Listening {
    pub config: ListenConfig,
    /// The file that the routes are in, to be looked at while it runs.
    pub routes: Option<PathBuf>,
    pub qr: bool,
    pub input: Input,
}

/// Where standard input goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Input {
    /// It is not read.
    Nowhere,
    /// To everyone who is connected, in this form.
    Peers(Form),
    /// Onto the board of the site.
    Board(Form),
}

impl Listening {
    pub(super) fn new(listen: &Listen, encoding: Encoding) -> Result<Self, Usage> {
        let is_http = listen.responder.needs == Needs::Site;
        if is_http && listen.chose_recv_size {
            return Err(Usage::new(text!("HTTP chooses the size of each recv; leave --recv-size out")));
        }
        let form = Form::new(&listen.typed, encoding);
        let recipe = recipe(listen, form)?;
        Responders::new(&recipe, encoding).map_err(|error| Usage::new(error.to_string()))?;
        if is_datagram(listen) && (listen.close_after.is_some() || listen.idle_timeout.is_some()) {
            return Err(Usage::new(text!(
                "datagrams have no connection to close; leave --close-after and --idle-timeout out with --udp"
            )));
        }
        if is_datagram(listen) && (listen.stop_after.is_some() || listen.accept_delay.is_some()) {
            return Err(Usage::new(text!(
                "datagrams are not accepted; leave --stop-after and --accept-delay out with --udp"
            )));
        }
        let input = match listen.responder.needs {
            Needs::Person => Input::Peers(form),
            Needs::Site if listen.site.board => Input::Board(form),
            _ => Input::Nowhere,
        };
        let is_reply = listen.responder.needs == Needs::Text;
        let typed_for_nothing = match input {
            Input::Nowhere if is_reply && listen.responder.id == "reply" => form.notation == Notation::Hex,
            Input::Nowhere if is_reply => form.is_more_than_escapes(),
            Input::Nowhere => !form.is_plain(),
            Input::Peers(_) | Input::Board(_) => false,
        };
        if typed_for_nothing {
            return Err(Usage::new(text!(
                "--line-end, --escapes, --hex, --fields and --checksum are for what is typed: `listen none` and `listen http --board`; --escapes for --reply as well, and for `listen reply` all but --hex"
            )));
        }
        let config = ListenConfig {
            transport: transport(listen.udp, [&listen.unix, &listen.unix_datagram, &listen.seqpacket]),
            bind: listen.bind.clone(),
            port: listen.port,
            groups: listen.group.clone(),
            backlog: listen.backlog,
            accept: listen.accept,
            recv_size: listen.recv_size,
            recipe,
            encoding,
            serving: serving(&listen.site)?,
            close_after: listen.close_after,
            idle_timeout: listen.idle_timeout,
            stop_after: listen.stop_after,
            accept_delay: listen.accept_delay,
            fallback: listen.fallback,
            // Where a person types, the peer's FIN is not the end of what they have to say.
            keep_half_open: listen.responder.needs == Needs::Person && io::stdin().is_terminal(),
            options: listen.hops.of(SocketOptions { adapter: listen.adapter.clone(), ..SocketOptions::default() }),
        };
        Ok(Self { config, routes: listen.site.routes.clone(), qr: listen.site.qr, input })
    }

    /// The listener as a program.
    pub(super) fn program(&self, kind: Snippet) -> Result<String, Usage> {
        snippet::session(kind, snippet::Session::Listener(&self.config)).map_err(|error| Usage::new(error.to_string()))
    }

    pub(in crate::cli) fn is_http(&self) -> bool {
        matches!(self.config.recipe, Recipe::Http(_))
    }
}

fn is_datagram(listen: &Listen) -> bool {
    listen.udp || listen.unix_datagram.is_some()
}

/// What is answered.
fn recipe(listen: &Listen, form: Form) -> Result<Recipe, Usage> {
    let is_http = listen.responder.needs == Needs::Site;
    let has_folder = is_http || listen.responder.needs == Needs::Folder;
    if !is_http && is_any(&listen.site) || !has_folder && listen.folder.is_some() {
        return Err(Usage::new(text!(
            "--picture, --routes, --upload, --board, --token, --qr, --listing, --any-host and --folder are for `listen http`, --folder for `listen sized-file` as well"
        )));
    }
    if (has_folder || !listen.responder.datagrams) && is_datagram(listen) {
        return Err(Usage::new(text!("this needs a stream; leave --udp out")));
    }
    if listen.script.is_some() && listen.responder.needs != Needs::Rules {
        return Err(Usage::new(text!("--script is for `listen dialog`")));
    }
    let is_reply = matches!(listen.responder.id, "reply" | "page");
    match (is_reply, listen.reply.as_deref()) {
        (true, Some(text)) if listen.responder.id == "page" => {
            if form.options.escapes && has_bytes(text) {
                return Err(Usage::new(text!(
                    "a page is text, and an escape above {limit} is a byte and no character",
                    limit = "\\x7F"
                )));
            }
            let text = if form.options.escapes { unescaped(text) } else { text.to_owned() };
            return Ok(Recipe::Page(RawPage { text, insert: None }));
        }
        (true, Some(text)) => {
            let options = Options { line_end: form.line_end.unwrap_or_default(), ..form.options };
            return Ok(Recipe::Reply { text: text.to_owned(), options });
        }
        (true, None) if listen.responder.id == "page" => {
            return Err(Usage::new(text!("`listen page` needs --reply TEXT")));
        }
        (true, None) => return Err(Usage::new(text!("`listen reply` needs --reply TEXT"))),
        (false, Some(_)) => return Err(Usage::new(text!("--reply is for `listen reply` and `listen page`"))),
        (false, None) => {}
    }
    Ok(match listen.responder.needs {
        Needs::Rules => Recipe::Dialog(dialog(listen.script.as_deref(), form.encoding)?),
        Needs::Folder => {
            Recipe::SizedFile { folder: existing(listen.folder.as_deref().unwrap_or(Path::new(".")), true)? }
        }
        Needs::Site => Recipe::Http(site(&listen.site, listen.folder.as_deref())?),
        Needs::Nothing | Needs::Text | Needs::Person => listen.responder.recipe().unwrap_or(Recipe::Nobody),
    })
}

/// Reads the rules of a dialog.
fn dialog(path: Option<&Path>, encoding: Encoding) -> Result<Dialog, Usage> {
    let path = path.ok_or_else(|| Usage::new(text!("`listen dialog` needs --script FILE")))?;
    let toml = fs::read_to_string(path).map_err(|error| Usage::of_file(path, system_words(&error)))?;
    respond::dialog::read(&toml, encoding).map_err(|error| Usage::of_file(path, error))
}

/// True when something in here is for `http` alone.
fn is_any(site: &SiteArgs) -> bool {
    let files = site.picture.is_some() || site.routes.is_some() || site.upload.is_some();
    files || site.board || site.qr || site.token.is_some() || site.listing || site.any_host
}

fn site(site: &SiteArgs, folder: Option<&Path>) -> Result<Site, Usage> {
    Ok(match (&site.picture, &site.routes, folder) {
        (Some(picture), ..) => Site::Picture(existing(picture, false)?),
        (None, Some(routes), _) => read_routes(routes)?,
        (None, None, Some(folder)) => Site::Folder(existing(folder, true)?),
        (None, None, None) => Site::Welcome,
    })
}

fn serving(site: &SiteArgs) -> Result<Serving, Usage> {
    let uploads = match site.upload.as_deref() {
        Some(folder) => Some(Uploads { folder: existing(folder, true)?, limit: site.upload_limit }),
        None => None,
    };
    let serving = Serving {
        uploads,
        board: site.board,
        token: site.token.clone(),
        listing: site.listing,
        any_host: site.any_host,
        ..Serving::default()
    };
    if serving.token.is_some() && !serving.takes() {
        return Err(Usage::new(text!("--token is for a site that takes something; give --upload or --board as well")));
    }
    Ok(serving)
}

/// Reads a table of routes; files in it are looked for beside it.
pub(in crate::cli) fn read_routes(path: &Path) -> Result<Site, Usage> {
    let toml = fs::read_to_string(path).map_err(|error| Usage::of_file(path, system_words(&error)))?;
    let mut routes = Route::read(&toml).map_err(|error| Usage::of_file(path, error))?;
    for route in &mut routes {
        if let RouteBody::File(file) = &mut route.answer
            && let Some(folder) = path.parent()
        {
            *file = folder.join(&*file);
        }
    }
    Ok(Site::Routes(routes))
}

/// What was asked for; of the three kinds of Unix sockets at most one has a path.
pub(super) fn transport(udp: bool, [stream, datagrams, records]: [&Option<PathBuf>; 3]) -> Transport {
    match (stream, datagrams, records) {
        (Some(path), ..) => Transport::Unix(path.clone()),
        (_, Some(path), _) => Transport::UnixDatagram(path.clone()),
        (.., Some(path)) => Transport::UnixSeqpacket(path.clone()),
        _ if udp => Transport::Udp,
        _ => Transport::Tcp,
    }
}
