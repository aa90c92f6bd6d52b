import { assertEquals, assertThrows } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import { limits } from "../../lib/limits.ts";
import { requirePicture, thumbnailOf } from "../../lib/sharing/pictures.ts";
import { plainThumb } from "../../web/thumbs/plain.ts";
import { Chance } from "../helpers/chance.ts";
import {
  clearWebp,
  smallJpeg,
  smallWebp,
  withChunk,
  withSegment,
} from "../helpers/small_pictures.ts";

const text = (of: string) => new TextEncoder().encode(of);

/** A copy with other bytes from `at` on. */
function altered(
  bytes: Uint8Array,
  at: number,
  others: readonly number[],
): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes);
  copy.set(others, at);
  return copy;
}

Deno.test("thumbnailOf() knows still pictures that browsers make", () => {
  assertEquals(thumbnailOf(smallJpeg), { type: "image/jpeg", width: 16, height: 12 });
  assertEquals(thumbnailOf(smallWebp), { type: "image/webp", width: 16, height: 12 });
  assertEquals(thumbnailOf(clearWebp), { type: "image/webp", width: 16, height: 12 });
});

Deno.test("thumbnailOf() takes nothing else for a picture", () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>';
  for (
    const bytes of [
      new Uint8Array(),
      text(svg),
      text("<!doctype html><script>alert(1)</script>"),
      text("GIF89a"),
      new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      new Uint8Array([0xff, 0xd8, 0xff, 0xd9]),
      text("RIFF\x0c\x00\x00\x00WEBPVP8 "),
    ]
  ) assertEquals(thumbnailOf(bytes), undefined);
});

Deno.test("thumbnailOf() takes nothing before, behind or beside the picture", () => {
  for (const whole of [smallJpeg, smallWebp, clearWebp]) {
    const html = text("<script>alert(1)</script>");
    assertEquals(thumbnailOf(new Uint8Array([...whole, ...html])), undefined);
    assertEquals(thumbnailOf(new Uint8Array([...html, ...whole])), undefined);
    for (let length = 0; length < whole.length; length++) {
      assertEquals(thumbnailOf(whole.subarray(0, length)), undefined, `${length} bytes`);
    }
  }
});

Deno.test("thumbnailOf() takes no picture that says where it was taken", () => {
  assertEquals(thumbnailOf(withSegment(0xe1, "Exif\0\0 at home")), undefined);
  assertEquals(thumbnailOf(withSegment(0xe2, "ICC_PROFILE")), undefined);
  assertEquals(thumbnailOf(withSegment(0xfe, "a comment")), undefined);
  assertEquals(thumbnailOf(withChunk("EXIF", "at home", 8)), undefined);
  assertEquals(thumbnailOf(withChunk("XMP ", "<x:xmpmeta/>", 4)), undefined);
  assertEquals(thumbnailOf(altered(smallWebp, 20, [8])), undefined);
});

Deno.test("thumbnailOf() takes no picture that is larger than it may be, nor one that moves", () => {
  const heightOfJpeg = smallJpeg.findIndex((byte, at) =>
    byte === 0xff && smallJpeg[at + 1] === 0xc0
  );
  assertEquals(thumbnailOf(altered(smallJpeg, heightOfJpeg + 5, [0x02, 0x00]))?.height, 512);
  assertEquals(thumbnailOf(altered(smallJpeg, heightOfJpeg + 5, [0x02, 0x01])), undefined);
  assertEquals(thumbnailOf(altered(smallJpeg, heightOfJpeg + 7, [0xff, 0xff])), undefined);
  assertEquals(thumbnailOf(altered(smallJpeg, heightOfJpeg + 7, [0x00, 0x00])), undefined);
  // What all of it says, and what the picture in it says.
  assertEquals(thumbnailOf(altered(smallWebp, 24, [0xff, 0xff, 0xff])), undefined);
  const inside = smallWebp.findIndex((byte, at) => byte === 0x9d && smallWebp[at + 1] === 0x01);
  assertEquals(thumbnailOf(altered(smallWebp, inside + 3, [0xff, 0x3f])), undefined);
  assertEquals(thumbnailOf(altered(smallWebp, 20, [2])), undefined);
});

Deno.test("thumbnailOf() takes any bytes at all without failing", () => {
  const chance = new Chance(5);
  for (const whole of [smallJpeg, smallWebp, clearWebp]) {
    for (let round = 0; round < 3000; round++) {
      const others = Array.from({ length: 1 + chance.below(4) }, () => chance.below(256));
      const found = thumbnailOf(altered(whole, chance.below(whole.length - 4), others));
      if (!found) continue;
      assertEquals(Math.max(found.width, found.height) <= limits.thumbSideMax, true);
    }
  }
});

Deno.test("requirePicture() says how large a thumbnail is, and refuses what is none", () => {
  const thumb = smallWebp.toBase64();
  const size = { width: 4000, height: 3000 };
  assertEquals(requirePicture(size), size);
  assertEquals(requirePicture({ ...size, thumb }), { ...size, thumb: smallWebp.length });
  const svg = text("<svg/>").toBase64();
  const large = new Uint8Array(limits.thumbBytesMax + 1).toBase64();
  for (const wrong of [svg, large, "=", "a", "//8"]) {
    const error = assertThrows(() => requirePicture({ ...size, thumb: wrong }), ChatError);
    assertEquals(error.code, "bad_message");
  }
  assertThrows(() => requirePicture({ width: 1, height: 65_536 }), ChatError, "65535");
});

Deno.test("plainThumb() leaves of what a browser has made only the picture", () => {
  const home = "Exif\0\0 at home";
  for (const kind of [0xe1, 0xe2, 0xed, 0xfe]) {
    assertEquals(plainThumb(withSegment(kind, home)), smallJpeg);
  }
  assertEquals(plainThumb(withSegment(0xee, "Adobe")), withSegment(0xee, "Adobe"));
  for (const name of ["EXIF", "XMP ", "ICCP"]) {
    assertEquals(plainThumb(withChunk(name, home, 0x2c)), smallWebp);
  }
  assertEquals(plainThumb(clearWebp), clearWebp);
  assertEquals(plainThumb(new Uint8Array([1, 2, 3])), new Uint8Array([1, 2, 3]));
});
