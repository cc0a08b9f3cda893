export const name = "fixture";
export const text = "fixture fixture fixture fixture";
