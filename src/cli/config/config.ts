import { imageModes, type ImageMode } from '../../client/images/graphics/graphics-protocol.js';

/** The settings of one server. */
export type ServerConfig = {
  readonly address: string;
  readonly user?: string;
  readonly 'password-file'?: string;
  readonly 'password-command'?: string;
  readonly ca?: string;
  readonly fingerprint?: string;
};

/** What the configuration file says. */
export type Config = {
  /** The file that was read; undefined: there is none. */
  readonly file?: string;
  /** The server where none is named: an address, or a name of `servers`. */
  readonly address?: string;
  readonly user?: string;
  readonly images?: ImageMode;
  /** What reads the clipboard in place of the desktop's tools. */
  readonly clipboardCommand?: string;
  readonly servers: ReadonlyMap<string, ServerConfig>;
};

/** A configuration that says nothing. */
export const emptyConfig: Config = { servers: new Map() };

/** The keys of `[servers.NAME]`, all texts. */
export const serverKeys = [
  'address',
  'user',
  'password-file',
  'password-command',
  'ca',
  'fingerprint',
] as const;

/** The keys outside of tables, and what each may be; `text`: anything. */
export const topKeys: Readonly<Record<string, 'text' | readonly string[]>> = {
  address: 'text',
  user: 'text',
  images: imageModes,
  'clipboard-command': 'text',
};

/** What a server can be called: what could be a host's name too, but not a host with a port. */
export const serverName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
