/** Pictures and films of any size, made by the browser of a test. */

import type { Page } from "playwright-core";

/** What a picture shall be. */
export interface Made {
  readonly width: number;
  readonly height: number;
  /** How much of it can't be foreseen, 0 to 1: the more, the larger the file. */
  readonly noise?: number;
  readonly type?: "image/jpeg" | "image/png";
  readonly hue?: number;
}

/** The bytes of a picture. */
export async function madePicture(page: Page, made: Made): Promise<Uint8Array<ArrayBuffer>> {
  const text = await page.evaluate(`(async ({ width, height, noise, type, hue }) => {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const brush = canvas.getContext("2d");
    const sky = brush.createLinearGradient(0, 0, 0, height);
    sky.addColorStop(0, "hsl(" + hue + " 60% 80%)");
    sky.addColorStop(1, "hsl(" + (hue + 60) + " 50% 40%)");
    brush.fillStyle = sky;
    brush.fillRect(0, 0, width, height);
    for (let spot = 0; spot < 3000 * noise; spot++) {
      brush.fillStyle = "hsl(" + Math.random() * 360 + " 60% 50%)";
      const side = (width + height) / 60 * Math.random();
      brush.fillRect(Math.random() * width, Math.random() * height, side, side);
    }
    const blob = await new Promise((done) => canvas.toBlob(done, type, 0.9));
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const pieces = [];
    for (let at = 0; at < bytes.length; at += 8192) {
      pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
    }
    return btoa(pieces.join(""));
  })(${JSON.stringify({ noise: 0.2, type: "image/jpeg", hue: 200, ...made })})`);
  return Uint8Array.fromBase64(String(text));
}

/** A film of so many bytes has a frame in it: what is around it is a few hundred. */
const filmBytesMin = 2000;

/** The bytes of a film of about a second. */
export async function madeFilm(
  page: Page,
  size: Pick<Made, "width" | "height">,
): Promise<Uint8Array<ArrayBuffer>> {
  const text = await page.evaluate(`(async ({ width, height }) => {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const brush = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm" });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => recorder.onstop = resolve);
    recorder.start(100);
    // On a busy machine none of the first frames may be in it.
    const recorded = () => parts.reduce((sum, { size }) => sum + size, 0);
    for (let frame = 0; frame < 30 || recorded() < ${filmBytesMin}; frame++) {
      brush.fillStyle = "hsl(" + frame * 12 + " 60% 60%)";
      brush.fillRect(0, 0, width, height);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    recorder.stop();
    await stopped;
    const blob = new Blob(parts, { type: "video/webm" });
    const film = document.createElement("video");
    film.muted = true;
    film.preload = "auto";
    const isSeen = await new Promise((resolve) => {
      film.onloadeddata = () => createImageBitmap(film).then(() => resolve(true), () => resolve(false));
      film.onerror = () => resolve(false);
      film.src = URL.createObjectURL(blob);
    });
    if (!isSeen) return "";
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  })(${JSON.stringify(size)})`);
  // Nothing is to be seen in what a busy machine has recorded: once more.
  return text === "" ? await madeFilm(page, size) : Uint8Array.fromBase64(String(text));
}

/** A JPEG that says where it was taken, and that it is to be seen turned by a quarter. */
export function turned(jpeg: Uint8Array, secret: string): Uint8Array<ArrayBuffer> {
  const note = new TextEncoder().encode(`${secret}\0`);
  // One directory of two entries: orientation 6, and a description behind them.
  const tiff = [
    ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 2],
    ...[0x01, 0x0e, 0, 2, 0, 0, 0, note.length, 0, 0, 0, 38],
    ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0],
    ...[0, 0, 0, 0],
  ];
  const exif = [...new TextEncoder().encode("Exif\0\0"), ...tiff, ...note];
  const length = exif.length + 2;
  const head = [0xff, 0xd8, 0xff, 0xe1, length >> 8, length & 255];
  return new Uint8Array([...head, ...exif, ...jpeg.subarray(2)]);
}

/** A sound of so many seconds, as a WAV of 44,100 samples of two bytes in a second. */
export function madeSound(seconds: number): Uint8Array<ArrayBuffer> {
  const rate = 44_100;
  const bytes = new Uint8Array(44 + seconds * rate * 2);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("RIFF"), 0);
  view.setUint32(4, bytes.length - 8, true);
  bytes.set(new TextEncoder().encode("WAVEfmt "), 8);
  for (const [at, value] of [[16, 16], [24, rate], [28, rate * 2]]) view.setUint32(at, value, true);
  for (const [at, value] of [[20, 1], [22, 1], [32, 2], [34, 16]]) view.setUint16(at, value, true);
  bytes.set(new TextEncoder().encode("data"), 36);
  view.setUint32(40, bytes.length - 44, true);
  for (let at = 44; at < bytes.length; at += 2) {
    view.setInt16(at, Math.sin((at * Math.PI * 2 * 440) / (rate * 2)) * 3000, true);
  }
  return bytes;
}
