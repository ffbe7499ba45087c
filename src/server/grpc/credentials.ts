import type { Metadata } from '@grpc/grpc-js';
import { metadataKeys } from '../../shared/services.js';
import type { Credentials } from '../accounts/accounts.js';

/**
 * Who a call says it comes from. Of repeated names the last one counts, as in the Qt reference server:
 * Node joins repeated headers with a comma, which no name holds.
 */
export function credentialsIn(metadata: Metadata, address: string): Credentials {
  const names = textIn(metadata, metadataKeys.userName).split(/, ?/);
  const password = textIn(metadata, metadataKeys.userPassword);
  return {
    name: names.at(-1) ?? '',
    password: names.length > 1 ? (password.split(/, ?/).at(-1) ?? '') : password,
    address,
  };
}

function textIn(metadata: Metadata, key: string): string {
  const value = metadata.get(key).at(-1);
  return typeof value === 'string' ? value : '';
}
