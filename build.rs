//! Gives the Windows program its icon and version. Nothing to do for other systems.

use std::{env, process::ExitCode};

/// What the program understands: Windows 10, the monitors' own scales, long paths, and dialogs of the present style.
const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <dependency><dependentAssembly><assemblyIdentity type="win32" name="Microsoft.Windows.Common-Controls" version="6.0.0.0"
    processorArchitecture="*" publicKeyToken="6595b64144ccf1df" language="*"/></dependentAssembly></dependency>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1"><application>
    <supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/></application></compatibility>
  <application xmlns="urn:schemas-microsoft-com:asm.v3"><windowsSettings>
    <dpiAwareness xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">PerMonitorV2</dpiAwareness>
    <longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware>
  </windowsSettings></application>
</assembly>"#;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=assets/icons/socketlab.ico");
    if env::var_os("CARGO_CFG_WINDOWS").is_none() {
        return ExitCode::SUCCESS;
    }
    let mut resource = winresource::WindowsResource::new();
    resource
        .set_icon("assets/icons/socketlab.ico")
        .set_manifest(MANIFEST)
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
