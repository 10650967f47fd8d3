/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A picture of a file as a data: URL that is small enough to be stored.
 */


const URL_MAX = 32 * 1024;

/* more a logo does not need: it is shown at a third of this height */

const HEIGHTS = [120, 90, 60];
const WIDTH_MAX = 420;

const TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/svg+xml'];


/**
 * @param {Blob} file
 * @returns {Promise<string>}
 */
function dataUrl(file) {
    return new Promise((done, failed) => {
        const reader = new FileReader();

        reader.onload = () => done(String(reader.result));
        reader.onerror = () => failed(reader.error);
        reader.readAsDataURL(file);
    });
}


/**
 * @param {ImageBitmap} picture
 * @param {number} height
 * @returns {string}
 */
function scaled(picture, height) {
    const canvas = document.createElement('canvas');
    const scale = Math.min(height / picture.height,
                           WIDTH_MAX / picture.width, 1);

    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width,
                                       canvas.height);

    return canvas.toDataURL('image/png');
}


/**
 * @param {File} file
 * @returns {Promise<string|null>} null when it is no picture, or too large in
 *     any size
 */
export async function readImage(file) {
    if (!TYPES.includes(file.type)) {
        return null;
    }

    try {
        const whole = await dataUrl(file);

        if (whole.length <= URL_MAX) {
            return whole;
        }

        if (file.type === 'image/svg+xml') {
            return null;
        }

        const picture = await createImageBitmap(file);

        return HEIGHTS.map((height) => scaled(picture, height))
            .find((url) => url.length <= URL_MAX) ?? null;

    } catch {
        return null;
    }
}
