import { imageModes, type ImageMode } from '../../client/images/graphics/graphics-protocol.js';
import {
  type Configured,
  notConfigured,
  settings,
  type SettingValue,
} from '../../client/ui/state/preferences.js';

/** The settings of one server. */
export type ServerConfig = {
  readonly address: string;
  readonly user?: string;
  readonly 'password-file'?: string;
  readonly 'password-command'?: string;
  readonly ca?: string;
  readonly fingerprint?: string;
};

/** The content of the configuration file. */
export type Config = {
  /** Undefined if there is no file. */
  readonly file?: string;
  /** The default server: an address, or a name of `servers`. */
  readonly address?: string;
  readonly user?: string;
  readonly images?: ImageMode;
  /** The command that reads the clipboard instead of the desktop's tools. */
  readonly clipboardCommand?: string;
  readonly screen: Configured;
  readonly servers: ReadonlyMap<string, ServerConfig>;
};

export const emptyConfig: Config = { screen: notConfigured, servers: new Map() };

/** The keys of `[servers.NAME]`; all values are texts. */
export const serverKeys = [
  'address',
  'user',
  'password-file',
  'password-command',
  'ca',
  'fingerprint',
] as const;

/** The keys outside of tables and their values; `text`: any text; `texts`: a list of them. */
export const topKeys: Readonly<Record<string, 'text' | 'texts' | readonly SettingValue[]>> = {
  address: 'text',
  user: 'text',
  images: imageModes,
  'clipboard-command': 'text',
  history: [true, false],
  highlight: 'texts',
  ...Object.fromEntries(Object.entries(settings).map(([name, { values }]) => [name, values])),
};

/** A valid name of a server: it cannot be a host with a port. */
export const serverName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
