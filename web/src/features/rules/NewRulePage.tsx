export default function NewRulePage() {
    return null;
}
