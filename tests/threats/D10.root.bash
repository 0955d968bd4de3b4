for owner in 0 "$BOX_ID"; do
	: >"$T/in.$owner"
	chmod 666 "$T/in.$owner"
	chown "$owner" "$T/in.$owner"
done
