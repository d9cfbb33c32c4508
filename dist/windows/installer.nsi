; Installs Socketlab for one user, in English or Simplified Chinese; needs no administrator.
; makensis -DVERSION=… -DSTAGE=… -DROOT=… -DOUT=… installer.nsi
Target amd64-unicode
SetCompressor /SOLID lzma
ManifestDPIAware true
RequestExecutionLevel user

!include MUI2.nsh
!include FileFunc.nsh
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Socketlab"

Name "Socketlab"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\Socketlab"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"
BrandingText "Socketlab ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 "ProductName" "Socketlab"
VIAddVersionKey /LANG=0 "FileDescription" "Socketlab installer"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "LegalCopyright" "MIT or Apache-2.0"

!define MUI_ICON "${ROOT}/assets/icons/socketlab.ico"
!define MUI_UNICON "${ROOT}/assets/icons/socketlab.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\socketlab.exe"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

LangString SESSION ${LANG_ENGLISH} "Socketlab session"
LangString SESSION ${LANG_SIMPCHINESE} "Socketlab 会话"
LangString COMMENT ${LANG_ENGLISH} "Socket playground"
LangString COMMENT ${LANG_SIMPCHINESE} "套接字实验室"

Section
  SetOutPath "$INSTDIR"
  File /r "${STAGE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Socketlab.lnk" "$INSTDIR\socketlab.exe" "" "" "" "" "" "$(COMMENT)"

  ; Session files and socketlab:// open with it; offered, not taken from another program.
  WriteRegStr HKCU "Software\Classes\.socketlab" "" "Socketlab.Session"
  WriteRegStr HKCU "Software\Classes\Socketlab.Session" "" "$(SESSION)"
  WriteRegStr HKCU "Software\Classes\Socketlab.Session\DefaultIcon" "" "$INSTDIR\socketlab.exe,0"
  WriteRegStr HKCU "Software\Classes\Socketlab.Session\shell\open\command" "" '"$INSTDIR\socketlab.exe" "%1"'
  WriteRegStr HKCU "Software\Classes\socketlab" "" "URL:Socketlab"
  WriteRegStr HKCU "Software\Classes\socketlab" "URL Protocol" ""
  WriteRegStr HKCU "Software\Classes\socketlab\shell\open\command" "" '"$INSTDIR\socketlab.exe" "%1"'

  WriteRegStr HKCU "${KEY}" "DisplayName" "Socketlab"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\socketlab.exe"
  WriteRegStr HKCU "${KEY}" "Publisher" "The Socketlab developers"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${KEY}" "EstimatedSize" $0
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
  ; The desktop reads the associations again.
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd

Section "Uninstall"
  Delete "$SMPROGRAMS\Socketlab.lnk"
  Delete "$INSTDIR\socketlab.exe"
  Delete "$INSTDIR\socketlab.com"
  Delete "$INSTDIR\README.md"
  RMDir /r "$INSTDIR\licences"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "Software\Classes\.socketlab"
  DeleteRegKey HKCU "Software\Classes\Socketlab.Session"
  DeleteRegKey HKCU "Software\Classes\socketlab"
  DeleteRegKey HKCU "${KEY}"
  ; The desktop reads the associations again.
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd
