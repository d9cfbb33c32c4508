//! Gives the Windows program its icon and version. Nothing to do for other systems.

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=assets/icons/socketlab.ico");
    if env::var_os("CARGO_CFG_WINDOWS").is_none() {
        return ExitCode::SUCCESS;
    }
    let mut resource = winresource::WindowsResource::new();
    resource
        .set_icon("assets/icons/socketlab.ico")
        .set("FileDescription", "Socketlab")
        .set("ProductName", "Socketlab")
        .set("CompanyName", "The Socketlab developers")
        .set("LegalCopyright", "MIT or Apache-2.0")
        .set("OriginalFilename", "socketlab.exe")
        .set("InternalName", "socketlab");
    match resource.compile() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error=the icon and version of the program: {error}");
            ExitCode::FAILURE
        }
    }
}
