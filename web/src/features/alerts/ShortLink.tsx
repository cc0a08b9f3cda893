export default function ShortLink() {
    return null;
}
