// Encryption at rest: AES-256-GCM with the key's id beside the ciphertext, so that keys rotate; and keyed hashes
// (HMAC-SHA-256) for finding what may not be stored in the clear. Keys come from a file or the environment.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash as digest,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { HubError } from '../errors.ts';

export interface KeyRing {
  /** Encrypts with the current key. `context` binds the ciphertext to its place (table and row). */
  encrypt(plain: string, context: string): Buffer;
  decrypt(cipher: Buffer, context: string): string;
  /** Keyed hash, 32 bytes. `use` separates the uses so that equal values do not match across them. */
  hash(use: 'cpr' | 'key' | 'log' | 'record' | 'citizen' | 'etag', value: string): Buffer;
  /**
   * Is it the same content? 32 bytes by a hash that begins with a secret, at a third of a keyed hash's price: without the
   * key nobody can guess a short text and find it confirmed beside its ciphertext.
   */
  fingerprint(content: string): Buffer;
  /** A stable UUID (version 8) from the keyed hash. */
  uuid(use: 'record' | 'citizen', value: string): string;
  /** 32-byte key for other rooms (cursors, sessions), derived from the hash key. */
  derive(use: string): Buffer;
  readonly currentKeyId: string;
}

export interface KeyMaterial {
  /** Key id → 32 bytes, base64. */
  readonly keys: Readonly<Record<string, string>>;
  readonly current: string;
  /** 32 bytes, base64. Never rotates: ids and look-ups depend on it. */
  readonly hashKey: string;
}

const bad = (message: string): HubError =>
  new HubError({
    code: 'store/wrong-key',
    fault: 'config',
    message,
    hint: 'Use the key file this database was written with.',
  });

const key32 = (name: string, base64: string): Buffer => {
  const key = Buffer.from(base64, 'base64');
  if (key.length !== 32) throw bad(`The key "${name}" must be 32 bytes, base64.`);
  return key;
};

export const newKeyMaterial = (): KeyMaterial => ({
  keys: { k1: randomBytes(32).toString('base64') },
  current: 'k1',
  hashKey: randomBytes(32).toString('base64'),
});

/** Only whole tags: a shorter one would be accepted, and is easier to forge. */
const tagged = { authTagLength: 16 } as const;

/** Layout: 1 byte length of key id, key id, 12 bytes nonce, 16 bytes tag, ciphertext. */
export const createKeyRing = (material: KeyMaterial): KeyRing => {
  // Key objects, not bytes: node imports bytes anew at every use, which costs four times the decryption itself.
  const keys = new Map(Object.entries(material.keys).map(([id, base64]) => [id, createSecretKey(key32(id, base64))]));
  const current = keys.get(material.current);
  if (current === undefined) throw bad(`The current key "${material.current}" is not among the keys.`);
  if (!/^[\x21-\x7e]{1,32}$/.test(material.current)) throw bad('A key’s id is 1 to 32 ASCII characters.');
  const hashKey = key32('hashKey', material.hashKey);
  const header = Buffer.concat([Buffer.from([material.current.length]), Buffer.from(material.current, 'latin1')]);
  const derived = new Map<string, Buffer>();
  const derive = (use: string): Buffer => {
    let key = derived.get(use);
    if (key === undefined) {
      key = Buffer.from(hkdfSync('sha256', hashKey, Buffer.alloc(0), `samspil ${use}`, 32));
      derived.set(use, key);
    }
    return key;
  };
  const hashKeys = new Map<string, KeyObject>();
  const hexHash = (use: string, value: string): string => {
    const key = hashKeys.get(use) ?? createSecretKey(derive(`hash ${use}`));
    hashKeys.set(use, key);
    return createHmac('sha256', key).update(value).digest('hex');
  };
  // By way of a string: 32 bytes from the shared pool cost less than a memory block of their own.
  const hash: KeyRing['hash'] = (use, value) => Buffer.from(hexHash(use, value), 'hex');
  const secret = derive('fingerprint').toString('hex');
  return {
    currentKeyId: material.current,
    encrypt(plain, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', current, nonce, tagged).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([header, nonce, cipher.getAuthTag(), body]);
    },
    decrypt(cipher, context) {
      const idLength = cipher[0] ?? 0;
      const key = keys.get(cipher.toString('latin1', 1, 1 + idLength));
      if (key === undefined) throw bad('A stored value was encrypted with a key that is not in the key file.');
      const nonceAt = 1 + idLength;
      try {
        const nonce = cipher.subarray(nonceAt, nonceAt + 12);
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, tagged).setAAD(Buffer.from(context));
        decipher.setAuthTag(cipher.subarray(nonceAt + 12, nonceAt + 28));
        const plain = decipher.update(cipher.subarray(nonceAt + 28));
        decipher.final();
        return plain.toString('utf8');
      } catch {
        throw bad('A stored value could not be decrypted: wrong key, or it was altered.');
      }
    },
    hash,
    fingerprint: (content) => digest('sha256', secret + content, 'buffer'),
    uuid(use, value) {
      const hex = hexHash(use, value);
      const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) & 3];
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
    derive,
  };
};
