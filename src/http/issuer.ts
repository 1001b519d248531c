// Issuers as the door knows them, from the configuration.
import type { JSONWebKeySet } from 'jose';
import type { HubConfig } from '../config/hub.ts';
import type { ClaimName } from '../config/issuer.ts';

export interface Issuer {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly claims: Partial<Record<ClaimName, string>>;
  /** The `typ` its access tokens carry; absent: any that an access token may have. */
  readonly tokenType?: string;
  /** Only tokens bound to a client certificate. */
  readonly bound?: boolean;
  /** Purposes tokens of this issuer may be used for; absent: all configured ones. */
  readonly purposes?: readonly string[];
  /** Kinds of caller this issuer may name; absent: all. */
  readonly kinds?: readonly string[];
  /** Goes before its people's ids. */
  readonly namespace?: string;
  /** Where its keys are, or the keys themselves. */
  readonly keys: { readonly uri: string } | { readonly jwks: JSONWebKeySet };
}

export const issuersOf = (config: HubConfig): readonly Issuer[] =>
  config.issuers.map(({ jwksUri, tokenType, purposes, kinds, namespace, ...issuer }) => ({
    ...issuer,
    keys: { uri: jwksUri },
    ...(tokenType === undefined ? {} : { tokenType }),
    ...(purposes === undefined ? {} : { purposes }),
    ...(kinds === undefined ? {} : { kinds }),
    ...(namespace === undefined ? {} : { namespace }),
  }));
