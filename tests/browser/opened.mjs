// Files that came out of the product, opened: how large a picture is, and what an archive holds.

import { crc32, inflateRawSync } from 'node:zlib';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

// Markers among those of a JPEG's frames that begin something else.
const TABLES = [0xffc4, 0xffc8, 0xffcc];

// What kind of picture these bytes are and its sides, read from its header alone.
export function pictureIn(bytes) {
  if (bytes.subarray(0, 8).equals(PNG)) {
    return { kind: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  }
  if (bytes.readUInt16BE(0) !== 0xffd8) throw new Error('neither a PNG nor a JPEG');
  let at = 2;
  for (;;) {
    const marker = bytes.readUInt16BE(at);
    const isFrame = marker >> 4 === 0xffc && !TABLES.includes(marker);
    if (isFrame) {
      const [height, width] = [5, 7].map((it) => bytes.readUInt16BE(at + it));
      return { kind: 'jpeg', width, height };
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const INFLATED = 8;

// The files of a ZIP in its order, each with its name and its bytes, which fit their checksum.
export function archived(bytes) {
  const end = bytes.length - 22;
  if (bytes.readUInt32LE(end) !== END) throw new Error('not a whole archive');
  const files = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (bytes.readUInt32LE(at) !== ENTRY) throw new Error('the list of files is broken');
    const [length, extra, comment] = [28, 30, 32].map((it) => bytes.readUInt16LE(at + it));
    const name = bytes.toString('utf8', at + 46, at + 46 + length);
    const local = bytes.readUInt32LE(at + 42);
    const begin = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(begin, begin + bytes.readUInt32LE(at + 20));
    const file = bytes.readUInt16LE(at + 10) === INFLATED ? inflateRawSync(packed) : packed;
    if (crc32(file) !== bytes.readUInt32LE(at + 16)) throw new Error(`${name} is torn`);
    files.push({ name, bytes: file });
    at += 46 + length + extra + comment;
  }
  return files;
}
