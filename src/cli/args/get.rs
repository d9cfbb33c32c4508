//! The arguments of `get`.

use std::{path::PathBuf, time::Duration};

use super::values::{bytes, credentials, header, pair, seconds};
use crate::model::Snippet;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "one option each")]
pub(in crate::cli) struct Get {
    /// http://host:port/path
    #[arg(required_unless_present = "curl")]
    pub url: Option<String>,
    /// Save the body to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Save the body to a file of the name that the URL ends with
    #[arg(short = 'O', long, conflicts_with = "output")]
    pub remote_name: bool,
    /// Print the heads of all answers and what comes after the last chunk as well
    #[arg(short, long)]
    pub include: bool,
    /// Method of the request; GET, or POST when there is a body
    #[arg(short = 'X', long)]
    pub method: Option<String>,
    /// A header of the request, "Name: value"; "Name:" takes a usual one away; can be given again
    #[arg(short = 'H', long, value_name = "K: V", value_parser = header)]
    pub header: Vec<(String, String)>,
    /// Text to send as the body
    #[arg(long, value_name = "TEXT", group = "content")]
    pub body: Option<String>,
    /// A file to send as the body
    #[arg(long, value_name = "FILE", group = "content")]
    pub body_file: Option<PathBuf>,
    /// A field of a form to send, URL-encoded; can be given again
    #[arg(long, value_name = "K=V", value_parser = pair, group = "content")]
    pub form: Vec<(String, String)>,
    /// A field of a multipart form to send, or a file with K=@FILE or K=@FILE;type=TYPE; can be given again
    #[arg(long, value_name = "K=V", value_parser = pair, group = "content")]
    pub part: Vec<(String, String)>,
    /// Follow redirects, 10 or as many as said, and show each
    #[arg(
        short = 'L',
        long,
        visible_alias = "location",
        value_name = "N",
        num_args = 0..=1,
        default_missing_value = "10",
        require_equals = true
    )]
    pub follow: Option<u8>,
    /// Name and password; a server that asks for a digest of them gets one
    #[arg(short, long, value_name = "NAME:PASSWORD", value_parser = credentials)]
    pub user: Option<(String, String)>,
    /// Show name and password to no server that does not ask for a digest of them
    #[arg(long)]
    pub digest: bool,
    /// Send the path as it is typed; /a/../b is /b otherwise, as in browsers
    #[arg(long)]
    pub path_as_is: bool,
    /// Neither print nor save the body of an answer with a status of 400 and above
    #[arg(short, long)]
    pub fail: bool,
    /// Ask for a compressed body and decompress it
    #[arg(long)]
    pub compressed: bool,
    /// Take a body of so many bytes (2000000, 500k, 2M, 1G); without it 32 MiB, and into a file what the head promises, or
    /// 1 GiB where it promises nothing
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub max: Option<u64>,
    /// Seconds that connecting may take
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    pub connect_timeout: Option<Duration>,
    /// Seconds that the first byte of the answer may take
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    pub first_byte_timeout: Option<Duration>,
    /// Seconds that each further byte may take
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    pub idle_timeout: Option<Duration>,
    /// Seconds that all of it may take
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    pub timeout: Option<Duration>,
    /// A proxy, `http://[user:password@]host:port`, instead of the one in the environment; `none` for none
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// Say how long each step took
    #[arg(long)]
    pub timeline: bool,
    /// A curl command whose request is meant, in place of a URL
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["url", "content", "method", "header"])]
    pub curl: Option<String>,
    /// Print the request as a program instead of sending it
    #[arg(long = "as", value_name = "curl|python|http.client|nc")]
    pub print_as: Option<Snippet>,
}
