// Prints the kind, then each item as a line of base64, which no code page changes. Prefers the PNG that browsers offer,
// because the bitmap beside it has lost its transparency.
const script = `
$ErrorActionPreference = 'Stop'
Add-Type -AssemblyName System.Windows.Forms, System.Drawing
function Send([string] $kind, $items) {
  [Console]::Out.WriteLine($kind)
  foreach ($item in $items) { [Console]::Out.WriteLine([Convert]::ToBase64String($item)) }
  exit 0
}
$utf8 = [Text.Encoding]::UTF8
$data = [Windows.Forms.Clipboard]::GetDataObject()
if ($null -eq $data -or $data.GetFormats().Length -eq 0) { Send 'empty' @() }
$png = $data.GetData('PNG')
if ($png -is [IO.MemoryStream]) { Send 'image' @(, $png.ToArray()) }
if ([Windows.Forms.Clipboard]::ContainsImage()) {
  $stream = New-Object IO.MemoryStream
  [Windows.Forms.Clipboard]::GetImage().Save($stream, [Drawing.Imaging.ImageFormat]::Png)
  Send 'image' @(, $stream.ToArray())
}
if ([Windows.Forms.Clipboard]::ContainsFileDropList()) {
  $files = [Windows.Forms.Clipboard]::GetFileDropList()
  Send 'files' @($files | ForEach-Object { , $utf8.GetBytes($_) })
}
if ([Windows.Forms.Clipboard]::ContainsText()) {
  Send 'text' @(, $utf8.GetBytes([Windows.Forms.Clipboard]::GetText()))
}
Send 'other' @()
`;

/** `-Sta`: only single-threaded apartments can read the clipboard. */
export const powerShellArguments: readonly string[] = [
  '-NoProfile',
  '-NonInteractive',
  '-Sta',
  '-EncodedCommand',
  Buffer.from(script, 'utf16le').toString('base64'),
];
