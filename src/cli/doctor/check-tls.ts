import type { Address } from '../../client/connection/address.js';
import type { TrustFlags } from '../open-connection.js';
import type { Finding } from './finding.js';

/** How a server is spoken to, and which certificate it may show. */
export function checkTls(address: Address, flags: TrustFlags): Finding {
  const about = 'TLS';
  if (!address.tls) {
    const isOpen = address.text.toLowerCase().startsWith('http://');
    return {
      about,
      verdict: isOpen ? 'note' : 'ok',
      text: isOpen
        ? 'off, as http:// says: passwords can be read on the way'
        : 'off: the server is on this machine',
    };
  }
  if (flags.fingerprint !== undefined)
    return { about, verdict: 'ok', text: 'on, for the given fingerprint alone' };
  if (flags.ca !== undefined)
    return { about, verdict: 'ok', text: `on, for certificates signed by ${flags.ca}` };
  return { about, verdict: 'ok', text: 'on, for a known authority or a certificate that was confirmed here' };
}
