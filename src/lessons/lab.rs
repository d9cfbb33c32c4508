//! A lab: settings of both sides, words and programs, and what may be set in it. Owns the types; the presets are in
//! [`catalogue`](super::catalogue).

use std::path::PathBuf;

use super::python::Program;
use crate::model::{ConnectConfig, FetchConfig, ListenConfig, Recipe, Script, Site, Transport};

/// One preset. It can be edited after it has been loaded, like settings that were typed.
#[derive(Clone, Debug)]
pub struct Lab {
    /// `threading-dialog`: stable, used on the command line.
    pub id: &'static str,
    /// A few words for a menu.
    pub title: &'static str,
    /// Two or three sentences on what it shows, in the words of the field.
    pub summary: &'static str,
    /// The side that waits; `None` where the lab has none.
    pub listener: Option<ListenConfig>,
    /// The side that calls; every lab has one, because even the socket explorer is a caller of the system.
    pub client: Option<LabClient>,
    /// The same listener in Python 3.
    pub python_listener: Option<Program>,
    /// The same client in Python 3.
    pub python_client: Option<Program>,
}

/// The side of a lab that calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabClient {
    /// Bytes over any transport.
    Raw {
        /// To whom and how.
        config: ConnectConfig,
        /// What is said.
        script: Script,
    },
    /// HTTP requests, one after the other.
    Fetch(Vec<FetchConfig>),
    /// Asks for files by name: the length in decimal digits comes first, then that many bytes.
    SizedFile(ConnectConfig),
    /// Attempts to connect, side by side; none sends anything.
    Reach(Vec<Attempt>),
    /// Many clients at once.
    Crowd {
        /// The same for each.
        config: ConnectConfig,
        /// What each says.
        script: Script,
        /// How many.
        count: u32,
    },
    /// `socket(family, type, protocol)` with every family and type.
    Families,
}

/// One attempt to connect, and what it is there to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// `the right address`, `a wrong port`, `a wrong host`.
    pub title: &'static str,
    /// To whom; its `connect_timeout` is short.
    pub config: ConnectConfig,
}

/// What the listener of a lab serves that the user chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// A picture's file, or none for the built-in one; see [`Lab::with_picture`].
    Picture,
    /// A folder; see [`Lab::with_folder`].
    Folder,
}

impl Lab {
    /// What the listener serves that the user can choose.
    #[must_use]
    pub fn needs(&self) -> Option<Needs> {
        match &self.listener.as_ref()?.recipe {
            Recipe::Http(Site::Embedded { .. }) => Some(Needs::Picture),
            Recipe::Page(page) if page.insert.is_some() => Some(Needs::Picture),
            Recipe::Http(Site::Folder(_)) | Recipe::SizedFile { .. } => Some(Needs::Folder),
            _ => None,
        }
    }

    /// The lab with that picture.
    #[must_use]
    pub fn with_picture(mut self, file: PathBuf) -> Self {
        match self.listener.as_mut().map(|listener| &mut listener.recipe) {
            Some(Recipe::Http(Site::Embedded { picture, .. })) => *picture = file,
            Some(Recipe::Page(page)) => {
                if let Some(insert) = &mut page.insert {
                    insert.file = file;
                }
            }
            _ => {}
        }
        self
    }

    /// The lab with that folder.
    #[must_use]
    pub fn with_folder(mut self, path: PathBuf) -> Self {
        let recipe = self.listener.as_mut().map(|listener| &mut listener.recipe);
        if let Some(Recipe::Http(Site::Folder(folder)) | Recipe::SizedFile { folder }) = recipe {
            *folder = path;
        }
        self
    }

    /// The lab with its wrong host at that address; of lab `reach` only.
    #[must_use]
    pub fn with_silent(mut self, host: &str) -> Self {
        if let Some(LabClient::Reach(attempts)) = &mut self.client
            && let Some(last) = attempts.last_mut()
        {
            host.clone_into(&mut last.config.host);
        }
        self
    }

    /// True when its client waits for lines of the user.
    #[must_use]
    pub fn talks(&self) -> bool {
        match &self.client {
            Some(LabClient::Raw { script, .. }) => script.from_user,
            Some(LabClient::SizedFile(_)) => true,
            _ => false,
        }
    }
}

impl LabClient {
    /// The same client, calling somebody else. Of several attempts only the first, right one is changed, and the second
    /// goes to the same host; a path of a Unix socket stays.
    #[must_use]
    pub fn calling(mut self, host: &str, port: u16) -> Self {
        let aim = |config: &mut ConnectConfig| {
            host.clone_into(&mut config.host);
            config.port = port;
        };
        match &mut self {
            Self::Raw { config, .. } | Self::SizedFile(config) | Self::Crowd { config, .. } => aim(config),
            Self::Fetch(requests) => {
                for request in requests {
                    request.url = at_authority(&request.url, host, port);
                }
            }
            Self::Reach(attempts) => {
                let mut attempts = attempts.iter_mut();
                if let Some(right) = attempts.next() {
                    aim(&mut right.config);
                }
                if let Some(wrong_port) = attempts.next() {
                    host.clone_into(&mut wrong_port.config.host);
                }
            }
            Self::Families => {}
        }
        self
    }

    /// The same client over another transport; a raw client only.
    #[must_use]
    pub fn over(mut self, transport: &Transport) -> Self {
        if let Self::Raw { config, script } = &mut self {
            // Whoever only listens has to write first where there are no connections.
            if transport.is_datagram() && script.send.is_empty() && !script.from_user {
                script.send.push("\n".to_owned());
                script.close_after_reply = true;
            }
            config.transport.clone_from(transport);
        }
        self
    }
}

/// A URL with another host and port.
fn at_authority(url: &str, host: &str, port: u16) -> String {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.find('/').and_then(|at| path.get(at..)).unwrap_or("/");
    let bracketed = host.contains(':') && !host.starts_with('[');
    if bracketed { format!("http://[{host}]:{port}{path}") } else { format!("http://{host}:{port}{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_peer_takes_the_place_of_the_preset() {
        assert_eq!(at_authority("http://127.0.0.1:8000/test.jpg", "::1", 9), "http://[::1]:9/test.jpg");
        assert_eq!(at_authority("http://127.0.0.1:8000", "h", 9), "http://h:9/");
    }
}
