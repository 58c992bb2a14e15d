/** Colours of attributions on a terminal: orange speaks for the explained class, blue against it. */
export interface Paint {
  /** Text on a background whose strength is |weight| in 0 … 1; the sign chooses the hue. */
  weigh(text: string, weight: number): string;
  /** Text in the colour of the sign. */
  tint(text: string, sign: number): string;
  bold(text: string): string;
  dim(text: string): string;
}

// Five steps of the xterm palette per hue, light to strong, each with a text colour that stays readable on it.
const TOWARD = [223, 222, 215, 208, 202] as const;
const AGAINST = [153, 117, 75, 33, 26] as const;

const coloured: Paint = {
  weigh(text, weight) {
    const strength = Math.min(Math.floor(Math.abs(weight) * 5), 4);
    if (Math.abs(weight) < 0.05) return text;
    const background = (weight > 0 ? TOWARD : AGAINST)[strength] ?? TOWARD[0];
    const foreground = strength >= 4 ? 231 : 16;
    return `\u001b[48;5;${background};38;5;${foreground}m${text}\u001b[0m`;
  },
  tint: (text, sign) => `\u001b[38;5;${sign >= 0 ? 208 : 33}m${text}\u001b[0m`,
  bold: (text) => `\u001b[1m${text}\u001b[0m`,
  dim: (text) => `\u001b[2m${text}\u001b[0m`,
};

// Without colours the sign and the strength stand beside the word.
const plain: Paint = {
  weigh(text, weight) {
    if (Math.abs(weight) < 0.05) return text;
    const mark = (weight > 0 ? '+' : '-').repeat(Math.min(Math.ceil(Math.abs(weight) * 3), 3));
    return `[${text}]${mark}`;
  },
  tint: (text) => text,
  bold: (text) => text,
  dim: (text) => text,
};

export function choosePaint(colours: boolean): Paint {
  return colours ? coloured : plain;
}
