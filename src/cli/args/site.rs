//! The arguments of `listen http`.

use std::path::PathBuf;

use super::values::token;
use crate::model::Uploads;

#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SiteArgs {
    /// A picture for the page of `http`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["folder", "routes"])]
    pub picture: Option<PathBuf>,
    /// A table of answers for `http`, as TOML; read again whenever it changes
    #[arg(long, value_name = "FILE", conflicts_with = "folder")]
    pub routes: Option<PathBuf>,
    /// List a folder of `http` also where it has an `index.html`, as `?list` does
    #[arg(long, requires = "folder")]
    pub listing: bool,
    /// Answer `http` whatever host it is asked for, and not only this PC's addresses and names of the local network
    #[arg(long)]
    pub any_host: bool,
    /// Let visitors of `http` put files into this folder
    #[arg(long, value_name = "DIR")]
    pub upload: Option<PathBuf>,
    /// The most bytes of one upload
    #[arg(long, value_name = "BYTES", requires = "upload", default_value_t = Uploads::default().limit)]
    pub upload_limit: u64,
    /// Exchange text and pictures with the visitors of `http`; standard input is written there
    #[arg(long)]
    pub board: bool,
    /// Print the address of `http` as a QR code
    #[arg(long)]
    pub qr: bool,
    /// The token that whoever sends files or messages has to bring; a random one without it
    #[arg(long, value_name = "TOKEN", value_parser = token)]
    pub token: Option<String>,
}
